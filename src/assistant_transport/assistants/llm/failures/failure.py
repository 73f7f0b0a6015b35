"""What can go wrong between this server and a model: one class, `reason`, and one sentence for the user each."""

import random
from dataclasses import dataclass
from typing import Any

from assistant_transport.assistants.llm.failures.waiting import said

# By reason. docs/operations.md says what an operator does about each, docs/models.md what the user reads; a test holds
# both to this table. `{when}` is the provider's wait, `{rounds}` a count.
SENTENCES = {
    "wrong_key": "The model's provider does not accept this server's key.",
    "wrong_address": "This server asks for the model at an address where there is none.",
    "unknown_model": "The model's provider does not know the model that this server asks for.",
    "quota": "This server's credit with the model's provider is used up.",
    "rate_limited": "The model's provider is asked too often. Please try again {when}.",
    "overloaded": "The model is overloaded right now. Please try again {when}.",
    "unavailable": "The model is not available right now. Please try again {when}.",
    "timeout": "The model did not answer in time. Please try again.",
    "unreachable": "The model's provider cannot be reached. Please try again later.",
    "broke_off": "The connection to the model's provider broke off. Please try again.",
    "server_error": "The model's provider failed. Please try again.",
    "rejected": "The model's provider rejected the request.",
    "template": "The model's provider rejected the request.",
    "too_long": "The conversation is too long for the model. Please begin a new one.",
    "limit_too_high": "The model cannot write as long an answer as this server asks for.",
    "no_tools": "The model cannot use the tools that it was offered.",
    "no_images": "The model cannot see the images of this conversation.",
    "filtered": "The model's provider held the answer back by its content filter.",
    "output_limit": "The answer was cut off where it became longer than the server allows.",
    "empty": "The model gave no answer. Please try again.",
    "tool_rounds": "The model called tools {rounds} without coming to an answer.",
    "malformed": "The model's answer made no sense to this server. Please try again.",
    "unexpected": "Something went wrong between this server and the model. Please try again.",
}

_MAY_PASS = frozenset(
    ("rate_limited", "overloaded", "unavailable", "timeout", "unreachable", "broke_off", "server_error")
)
_LONGEST_WAIT = 20.0  # seconds that a user is left in silence for
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # where the provider says nothing, as its own SDKs do


@dataclass(frozen=True)
class Failure:
    """One failed request to a model. All of it but `message` may be logged.

    Attributes:
        reason: A key of SENTENCES.
        sentence: For the user.
        retry_after: The seconds that the provider asks to wait; None where it asks for nothing.
        message: The provider's own words, which may quote a prompt or a key; None where there are none.
        status: The HTTP status, or the one that an error within a stream has as its code.
        code: The provider's name for the error, of letters, digits, `_`, `.` and `-`.
        address: What was asked, without user, password and query, where that is what is wrong.
    """

    reason: str
    sentence: str
    retry_after: float | None = None
    message: str | None = None
    status: int | None = None
    code: str | None = None
    address: str | None = None

    def retry_delay(self, attempt: int) -> float | None:
        """The seconds after which to ask again, where `attempt` (0 is the first) failed and no token has come yet.

        None where asking again would change nothing, or where the provider asks for a wait so long that it is better
        told to the user.
        """
        if self.reason not in _MAY_PASS or (self.retry_after or 0) > _LONGEST_WAIT:
            return None
        if self.retry_after is not None:
            return self.retry_after
        pause: float = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
        return pause * random.uniform(0.75, 1)  # noqa: S311 - so that not all ask again at once


class ModelRequestError(Exception):
    """A request to a model failed. Its text is the reason alone, which a traceback or Sentry may show."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def failure(reason: str, *, retry_after: float | None = None, rounds: int = 0, **details: Any) -> Failure:
    """The failure of that reason; `details` are Failure's further attributes, `rounds` those of `tool_rounds`."""
    times = "once" if rounds == 1 else f"{rounds} times"
    sentence = SENTENCES[reason].format(when=said(retry_after), rounds=times)
    return Failure(reason, sentence, retry_after, **details)
