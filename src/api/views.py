"""The routes that people and clients call."""

import logging
import secrets
from collections.abc import Callable, Coroutine
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from pydantic import ValidationError

import assistant_backend
import assistants
from api import commands, openapi, responses
from api.body import read_json
from api.errors import ApiError, invalid_request
from api.models import AssistantRequest, CallSettings, Config, request_model
from assistants import Assistant, Turn
from runs import Run
from transcript import LAYOUTS, Transcript, TranscriptError

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view that answers `methods` only, and in whose place the one error shape answers when something is wrong."""

    def decorate(view: View) -> View:
        @wraps(view)
        async def answer(request: HttpRequest) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    allowed = ", ".join(methods)
                    raise ApiError(405, f"{request.path} takes {allowed} only.", headers={"Allow": allowed})
                return await view(request)
            except ApiError as error:
                return error.response()
            except Exception:
                error_id = secrets.token_hex(4)
                logger.exception("The request failed, error %s", error_id, extra={"error_id": error_id})
                return ApiError(500, f"The server failed to answer. (Error {error_id})").response()

        return answer

    return decorate


@cache
def assistant() -> Assistant:
    """The process's assistant. Raises assistants.AssistantNotFound."""
    return assistants.load(settings.ASSISTANT)


@cache
def _request_model() -> type[AssistantRequest]:
    return request_model(getattr(assistant(), "commands", ()))


@endpoint("POST")
async def assistant_endpoint(request: HttpRequest) -> HttpResponseBase:
    """Answers a request's commands with a stream of state operations."""
    try:
        parsed = _request_model().model_validate(read_json(request))
    except ValidationError as error:
        raise invalid_request(error) from None
    run = Run(responses.wire_for(request), parsed.state, flush_interval=settings.FLUSH_INTERVAL_SECONDS)
    try:
        transcript = LAYOUTS[settings.ASSISTANT_MESSAGE_FORMAT](run.controller.document)
        results = commands.apply(parsed.commands, transcript)
    except TranscriptError as error:
        raise ApiError(400, f"The request is not valid: {error}") from None
    turn = Turn(
        transcript=transcript,
        text=transcript.last_user_text(),
        controller=run.controller,
        commands=parsed.commands,
        tool_results=results,
        tools={name: tool.model_dump(exclude_unset=True) for name, tool in (parsed.tools or {}).items()},
        system=parsed.system,
        call_settings=parsed.nested("callSettings", CallSettings),
        config=parsed.nested("config", Config),
        thread_id=parsed.threadId,
    )
    return responses.stream(run, lambda: _reply(turn))


async def _reply(turn: Turn) -> None:
    transcript: Transcript = turn.transcript
    try:
        await assistant().reply(turn)
    except BaseException:
        if not turn.controller.is_cancelled:
            transcript.finish("error")
        raise
    transcript.finish("completed")


@endpoint("GET", "HEAD")
async def health_check(request: HttpRequest) -> HttpResponse:
    """Says which service and version answers here."""
    return JsonResponse(
        {"status": "healthy", "service": assistant_backend.SERVICE, "version": assistant_backend.__version__}
    )


@endpoint("GET", "HEAD")
async def openapi_document(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_openapi())


@cache
def _openapi() -> dict[str, Any]:
    return openapi.document(_request_model())


@endpoint("GET", "HEAD")
async def index(request: HttpRequest) -> HttpResponse:
    """The page that says what this is."""
    return render(
        request, "index.html", {"service": assistant_backend.SERVICE, "version": assistant_backend.__version__}
    )


@endpoint("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
async def not_found(request: HttpRequest) -> HttpResponse:
    raise ApiError(404, f"There is nothing at {request.path}.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own 400s, as a Host header that is no host."""
    return ApiError(400, "The request is malformed.").response()


def server_error(request: HttpRequest) -> HttpResponse:
    return ApiError(500, "The server failed to answer.").response()
