"""Calls of tools that wait for a person's decision: kept at the server for their owner and thread, decided once."""

from assistant_transport.approvals.kept import Kept, Outcome, PendingCall, PendingCalls, Place, Status
from assistant_transport.approvals.store import close, count, pending_calls
from assistant_transport.runs import LogUnavailableError

__all__ = [
    "Kept",
    "LogUnavailableError",
    "Outcome",
    "PendingCall",
    "PendingCalls",
    "Place",
    "Status",
    "close",
    "count",
    "pending_calls",
]
