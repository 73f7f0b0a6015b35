"""What the user hears when a model's reply fails, and what the log keeps: never a prompt, a key or a body."""

from assistant_transport.assistants.llm.failures.classify import of_response, of_stream_error
from assistant_transport.assistants.llm.failures.failure import (
    SENTENCES,
    Failure,
    ModelRequestError,
    failure,
)
from assistant_transport.assistants.llm.failures.report import report

__all__ = [
    "SENTENCES",
    "Failure",
    "ModelRequestError",
    "failure",
    "of_response",
    "of_stream_error",
    "report",
]
