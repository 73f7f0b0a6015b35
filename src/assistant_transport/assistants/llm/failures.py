"""What the user hears when a model's reply fails, and what the log keeps: never a prompt, a key or a body."""

import logging
from math import ceil

from django.conf import settings
from pydantic_ai import exceptions as model
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from assistant_transport.assistants.errors import ReplyError

logger = logging.getLogger(__name__)

CUT_OFF = "The connection to the model's provider broke off. Please try again."
FILTERED = "The model's provider held the answer back by its content filter."
EMPTY = "The model gave no answer. Please try again."

# The first that fits counts: the special ones before those that they are a kind of.
SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (model.ModelAuthenticationError, "The model's provider does not accept this server's key."),
    (model.ModelNotFoundError, "The model's provider does not know the model that this server asks for."),
    (model.ModelContextWindowExceededError, "The conversation is too long for the model. Please begin a new one."),
    (model.ModelRequestRejectedError, "The model's provider rejected the request."),
    (model.ModelQuotaExceededError, "This server's credit with the model's provider is used up."),
    (model.ModelOverloadedError, "The model is overloaded right now. Please try again in a moment."),
    (model.ModelUnavailableError, "The model is not available right now. Please try again in a moment."),
    (model.ModelServerError, "The model's provider failed. Please try again."),
    (model.ModelRequestTimeout, "The model did not answer in time. Please try again."),
    (model.ModelTimeoutError, "The model did not answer in time. Please try again."),
    (model.ModelAPIError, "The model's provider reported an error. Please try again."),
    (model.ContentFilterError, FILTERED),
)


def failure(error: model.AgentRunError) -> ReplyError:
    """What to raise in the place of a library's exception, whose own text may hold the provider's."""
    return ReplyError(_sentence(error))


def log(failed: ReplyError, error: Exception | None, provider: str, model_name: str, request: str | None) -> None:
    """Logs why a reply failed, without the exception: its text, and its cause's, are the provider's."""
    extra = {
        "error_id": failed.error_id,
        "provider": provider,
        "model": model_name,
        "reason": type(error).__name__ if error else str(failed),
        "provider_status": getattr(error, "status_code", None),
        "provider_code": getattr(error, "provider_error_code", None) or getattr(error, "provider_error_type", None),
        "provider_request_id": request,
    }
    reason = "{reason} from {provider}, status {provider_status}, code {provider_code}".format(**extra)
    logger.error("The reply failed: %s, request %s, error %s", reason, request, failed.error_id, extra=extra)


def check(response: ModelResponse) -> None:
    """Raises ReplyError where a model's response ended otherwise than it should, though no error was reported."""
    if response.finish_reason == "content_filter":
        raise ReplyError(FILTERED)
    if response.finish_reason == "length":
        raise ReplyError(_cut_short())
    if "finish_reason" not in (response.provider_details or {}):
        raise ReplyError(CUT_OFF)  # each provider ends with it
    if not any(
        isinstance(part, ToolCallPart) or (isinstance(part, TextPart) and part.content.strip())
        for part in response.parts
    ):
        raise ReplyError(EMPTY)


def _sentence(error: model.AgentRunError) -> str:
    if isinstance(error, model.UsageLimitExceeded):
        return f"The model called tools {settings.MAX_TOOL_ROUNDS} times without coming to an answer."
    if isinstance(error, model.OutputTokenLimitExceeded):
        return _cut_short()
    if isinstance(error, model.ModelRateLimitError):
        return f"The model's provider is asked too often. Please try again {_when(error.retry_after)}."
    if isinstance(error, model.ModelConnectionError) and not isinstance(error, model.ModelTimeoutError):
        if error.phase == "read":
            return CUT_OFF
        return "The model's provider cannot be reached. Please try again later."
    fitting = (sentence for kind, sentence in SENTENCES if isinstance(error, kind))
    return next(fitting, "The model's answer made no sense to this server. Please try again.")


def _cut_short() -> str:
    return "The answer was cut off where it became longer than the server allows."


def _when(seconds: float | None) -> str:
    return f"in {ceil(seconds)} seconds" if seconds else "in a moment"
