"""What carries a reply: the run, its state, its frames, its log. It knows no assistant and no HTTP."""

from assistant_transport.runs.changes import Changes
from assistant_transport.runs.controller import Controller
from assistant_transport.runs.document import StateDocument, TextCursor
from assistant_transport.runs.encoders import ENCODERS, AssistantTransportEncoder, Encoder
from assistant_transport.runs.failures import log_failure
from assistant_transport.runs.feed import Feed, pieces
from assistant_transport.runs.log import Head, LogUnavailableError, Record, RunLog, Status
from assistant_transport.runs.memory import MemoryLog
from assistant_transport.runs.pump import Pump, RunTooLargeError
from assistant_transport.runs.quotas import Quota, Quotas
from assistant_transport.runs.run import Limits, Run, RunFailedError
from assistant_transport.runs.service import QuotaExceededError, RunRefusedError, Runs
from assistant_transport.runs.threads import ThreadBusyError
from assistant_transport.runs.timers import Timer, timers

__all__ = [
    "ENCODERS",
    "AssistantTransportEncoder",
    "Changes",
    "Controller",
    "Encoder",
    "Feed",
    "Head",
    "Limits",
    "LogUnavailableError",
    "MemoryLog",
    "Pump",
    "Quota",
    "QuotaExceededError",
    "Quotas",
    "Record",
    "Run",
    "RunFailedError",
    "RunLog",
    "RunRefusedError",
    "RunTooLargeError",
    "Runs",
    "StateDocument",
    "Status",
    "TextCursor",
    "ThreadBusyError",
    "Timer",
    "log_failure",
    "pieces",
    "timers",
]
