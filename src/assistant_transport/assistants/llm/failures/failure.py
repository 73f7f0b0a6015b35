"""What can go wrong between this server and a model: one class (`reason`) and one sentence for the user each."""

from dataclasses import dataclass

# By reason, which logs and metrics keep: docs/operations.md says what each means, and a test holds it to this list.
SENTENCES = {
    "wrong_key": "The model's provider does not accept this server's key.",
    "wrong_address": "This server asks for the model at an address that does not have one.",
    "unknown_model": "The model's provider does not know the model that this server asks for.",
    "quota": "This server's credit with the model's provider is used up.",
    "rate_limited": "The model's provider is asked too often. Please try again in a moment.",
    "overloaded": "The model is overloaded right now. Please try again in a moment.",
    "unavailable": "The model is not available right now. Please try again in a moment.",
    "timeout": "The model did not answer in time. Please try again.",
    "unreachable": "The model's provider cannot be reached. Please try again later.",
    "broke_off": "The connection to the model's provider broke off. Please try again.",
    "server_error": "The model's provider failed. Please try again.",
    "rejected": "The model's provider rejected the request.",
    "template": "The model's provider rejected the request.",
    "too_long": "The conversation is too long for the model. Please begin a new one.",
    "limit_too_high": "The model cannot write answers as long as this server asks for.",
    "no_tools": "The model cannot use tools, and this conversation offers it some.",
    "no_images": "The model cannot see images, and this conversation has one.",
    "filtered": "The model's provider held the answer back by its content filter.",
    "output_limit": "The answer was cut off where it became longer than the server allows.",
    "empty": "The model gave no answer. Please try again.",
    "tool_rounds": "The model called tools too often without coming to an answer.",
    "malformed": "The model's answer made no sense to this server. Please try again.",
    "unexpected": "Something went wrong between this server and the model. Please try again.",
}

# What another attempt may mend, as long as nothing of the answer has been shown.
_MAY_PASS = frozenset(
    ("rate_limited", "overloaded", "unavailable", "timeout", "unreachable", "broke_off", "server_error")
)


@dataclass(frozen=True)
class Failure:
    """One failed request to a model. `sentence` is for the user; all but `message` may be logged.

    Attributes:
        reason: A key of SENTENCES.
        retry_after: The seconds that the provider asks to wait, None where it says nothing.
        message: The provider's own words, which may quote a prompt or a key. None where there are none.
        status: The HTTP status, or the one that an error within a stream names.
        code: The provider's own name for the error, in letters, digits, `_`, `.` and `-`.
        address: Where the model was asked, without user, password and query; only where that is what is wrong.
    """

    reason: str
    sentence: str
    retry_after: float | None = None
    message: str | None = None
    status: int | None = None
    code: str | None = None
    address: str | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return self.reason in _MAY_PASS


class ModelRequestError(Exception):
    """A request to a model failed. Its text is the reason alone: tracebacks and Sentry may have it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def failure(reason: str, *, message: str | None = None, address: str | None = None) -> Failure:
    """A failure that no answer of the provider's reports: `timeout`, `unreachable`, `broke_off`, `empty`, …"""
    return Failure(reason, SENTENCES[reason], message=message, address=address)


def too_many_rounds(rounds: int) -> Failure:
    """The model went on calling tools after `rounds` rounds of them."""
    times = "once" if rounds == 1 else f"{rounds} times"
    return Failure("tool_rounds", f"The model called tools {times} without coming to an answer.")
