"""What the SDKs and the agent library raise, as failures."""

from pydantic_ai import exceptions as model
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from assistant_transport.assistants.llm.failures import (
    Failure,
    ModelRequestError,
    failure,
    of_response,
    of_stream_error,
)
from assistant_transport.conf import settings

# The first that fits counts: the special ones before those that they are a kind of.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (model.OutputTokenLimitExceeded, "output_limit"),
    (model.ContentFilterError, "filtered"),
    (model.ModelRequestTimeout, "timeout"),
    (model.ModelTimeoutError, "timeout"),
    (model.ModelConnectionError, "unreachable"),
    (model.ModelAPIError, "broke_off"),
)


def of_exception(error: model.AgentRunError) -> Failure:
    """The failure that an exception of the library's stands for."""
    if isinstance(error, model.UsageLimitExceeded):
        return failure("tool_rounds", rounds=settings.MAX_TOOL_ROUNDS)
    if (
        isinstance(error, model.ModelConnectionError)
        and error.phase == "read"
        and not isinstance(error, model.ModelTimeoutError)
    ):
        return failure("broke_off")
    response = getattr(error.__cause__, "response", None)
    if isinstance(error, model.ModelAPIError) and response is not None and not error.in_stream:
        address = str(response.request.url)
        return of_response(response.status_code, response.headers, response.content, address=address)
    if isinstance(error, model.ModelAPIError) and error.body is not None:
        return of_stream_error(error.body)
    return failure(next((reason for kind, reason in _REASONS if isinstance(error, kind)), "malformed"))


def check(response: ModelResponse) -> None:
    """Raises ModelRequestError where a response ended otherwise than it should, though no error was reported."""
    if response.finish_reason == "content_filter":
        raise ModelRequestError(failure("filtered"))
    if response.finish_reason == "length":
        raise ModelRequestError(failure("output_limit"))
    if "finish_reason" not in (response.provider_details or {}):
        raise ModelRequestError(failure("broke_off"))  # each provider ends with it
    if not any(
        isinstance(part, ToolCallPart) or (isinstance(part, TextPart) and part.content.strip())
        for part in response.parts
    ):
        raise ModelRequestError(failure("empty"))
