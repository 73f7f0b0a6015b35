"""The one error shape: `{"error": "<one sentence>", "code": "<stable name>", "details": […]}`."""

from enum import StrEnum
from typing import Any

from django.http import JsonResponse
from pydantic import ValidationError

from assistant_transport.telemetry import context

_MAX_DETAILS = 20


class Code(StrEnum):
    """The errors' stable names, each with its status. docs/protocol.md says what they mean; a test compares the two."""

    status: int

    def __new__(cls, name: str, status: int) -> "Code":
        code = str.__new__(cls, name)
        code._value_ = name
        code.status = status
        return code

    MALFORMED_REQUEST = "malformed_request", 400
    HOST_NOT_ALLOWED = "host_not_allowed", 400
    INVALID_JSON = "invalid_json", 400
    INVALID_REQUEST = "invalid_request", 400
    INVALID_TURN = "invalid_turn", 400
    INVALID_DECISION = "invalid_decision", 400
    INVALID_CLIENT_ID = "invalid_client_id", 400
    CALLER_REFUSED = "caller_refused", 400
    UNAUTHENTICATED = "unauthenticated", 401
    FORBIDDEN = "forbidden", 403
    CSRF_FAILED = "csrf_failed", 403
    NOT_FOUND = "not_found", 404
    RUN_NOT_FOUND = "run_not_found", 404
    APPROVAL_NOT_FOUND = "approval_not_found", 404
    THREAD_NOT_FOUND = "thread_not_found", 404
    METHOD_NOT_ALLOWED = "method_not_allowed", 405
    BODY_TIMEOUT = "body_timeout", 408
    ENCODING_MISMATCH = "encoding_mismatch", 409
    APPROVAL_DECIDED = "approval_decided", 409
    APPROVAL_EXPIRED = "approval_expired", 410
    THREAD_BUSY = "thread_busy", 409
    TOOL_CALL_NOT_OPEN = "tool_call_not_open", 409
    THREAD_CHANGED = "thread_changed", 409
    THREAD_EXISTS = "thread_exists", 409
    BODY_TOO_LARGE = "body_too_large", 413
    STATE_TOO_LARGE = "state_too_large", 413
    TURN_TOO_LARGE = "turn_too_large", 413
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415
    TOO_MANY_RUNS = "too_many_runs", 429
    INTERNAL_ERROR = "internal_error", 500
    NEEDS_ASGI = "needs_asgi", 501
    DRAINING = "draining", 503
    OVERLOADED = "overloaded", 503
    LOG_UNAVAILABLE = "log_unavailable", 503
    THREADS_UNAVAILABLE = "threads_unavailable", 503


class ApiError(Exception):
    """An answer other than success. `message` is for the client's user or developer.

    `status` is for a code that is a CALLER's own; those here have theirs.
    """

    def __init__(
        self,
        code: Code | str,
        message: str,
        *,
        status: int = 400,
        details: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = str(code)
        self.status = code.status if isinstance(code, Code) else status
        self.details = details
        self.headers = headers

    def response(self) -> JsonResponse:
        """The error as an answer; its code goes into the log lines of the request."""
        context.bind(code=self.code)
        body: dict[str, Any] = {"error": str(self), "code": self.code}
        if self.details:
            body["details"] = self.details
        return JsonResponse(body, status=self.status, headers=self.headers)


def invalid_request(error: ValidationError) -> ApiError:
    """A 400 that says for each wrong field where it is and what was expected, never what was sent."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    details = [{"field": _field(item["loc"]), "problem": _problem(item)} for item in found[:_MAX_DETAILS]]
    sentence = f"The request is not valid: {details[0]['field']}: {details[0]['problem']}"
    return ApiError(Code.INVALID_REQUEST, sentence, details=details)


def _field(location: tuple[int | str, ...]) -> str:
    """`commands.0.message`: pydantic puts the command's type behind its index, which is no field."""
    if len(location) > 2 and location[0] == "commands":
        location = (*location[:2], *location[3:])
    return ".".join(str(segment) for segment in location) or "(the whole body)"


def _problem(item: Any) -> str:
    context = item.get("ctx", {})
    if item["type"] == "union_tag_invalid":
        return f"unknown command {context['tag'][:100]!r}; this server takes {context['expected_tags']}"
    if item["type"] == "union_tag_not_found":
        return "a command needs a type, such as 'add-message'"
    return str(item["msg"]).removeprefix("Value error, ")
