"""What carries a reply: the run, its state document, its frames, its log. It knows no assistant and no HTTP."""

from assistant_transport.runs.controller import Controller
from assistant_transport.runs.document import StateDocument, TextCursor
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head, LogAway, Record, RunLog, Status
from assistant_transport.runs.memory import MemoryLog
from assistant_transport.runs.pump import TooLarge
from assistant_transport.runs.quotas import Quotas
from assistant_transport.runs.run import Failed, Limits, Run
from assistant_transport.runs.service import QuotaUsedUp, Refused, Runs
from assistant_transport.runs.wire import PROTOCOLS, Wire

__all__ = [
    "PROTOCOLS",
    "Controller",
    "Failed",
    "Feed",
    "Head",
    "Limits",
    "LogAway",
    "MemoryLog",
    "QuotaUsedUp",
    "Quotas",
    "Record",
    "Refused",
    "Run",
    "RunLog",
    "Runs",
    "StateDocument",
    "Status",
    "TextCursor",
    "TooLarge",
    "Wire",
]
