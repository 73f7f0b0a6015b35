"""The one error shape: `{"error": "<one sentence>", "details": […]}`."""

from typing import Any

from django.http import JsonResponse
from pydantic import ValidationError

_MAX_DETAILS = 20


class ApiError(Exception):
    """An answer other than success. `message` is for the client's user or developer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.details = details
        self.headers = headers

    def response(self) -> JsonResponse:
        body: dict[str, Any] = {"error": str(self)}
        if self.details:
            body["details"] = self.details
        return JsonResponse(body, status=self.status, headers=self.headers)


def invalid_request(error: ValidationError) -> ApiError:
    """A 400 that says for each wrong field where it is and what was expected, never what was sent."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    details = [{"field": _field(item["loc"]), "problem": _problem(item)} for item in found[:_MAX_DETAILS]]
    return ApiError(400, f"The request is not valid: {details[0]['field']}: {details[0]['problem']}", details=details)


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
