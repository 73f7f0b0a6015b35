"""What the user hears when a model's reply fails, and what the log keeps: never a prompt, a key or a body.

A client of a provider raises `ModelRequestError` with what `of_response`, `of_stream_error` or `failure` made of it;
`reported`, around the whole reply, logs that and turns it into the sentence for the user.
"""

from assistant_transport.assistants.llm.failures.classify import of_response, of_stream_error
from assistant_transport.assistants.llm.failures.failure import SENTENCES, Failure, ModelRequestError, failure
from assistant_transport.assistants.llm.failures.report import reported, warn_of_messages

__all__ = [
    "SENTENCES",
    "Failure",
    "ModelRequestError",
    "failure",
    "of_response",
    "of_stream_error",
    "reported",
    "warn_of_messages",
]
