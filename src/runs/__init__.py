"""What carries a reply: the run, its state document, its frames, its log. It knows no assistant and no HTTP."""

from runs.controller import Controller
from runs.document import StateDocument, TextCursor
from runs.feed import Feed
from runs.log import Head, LogAway, Record, RunLog, Status
from runs.memory import MemoryLog
from runs.pump import TooLarge
from runs.quotas import Quotas
from runs.run import Failed, Limits, Run
from runs.service import QuotaUsedUp, Refused, Runs
from runs.wire import PROTOCOLS, Wire

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
