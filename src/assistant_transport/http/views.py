"""The routes of the assistant and of the API's description."""

import sys
from functools import cache, lru_cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from pydantic import ValidationError

from assistant_transport import SERVICE, __version__
from assistant_transport.assistants import InvalidTurnError, ReplyError, Turn
from assistant_transport.conf import on_change, settings
from assistant_transport.http import commands, database, kept_threads, openapi, registry, responses, run_reports
from assistant_transport.http.authentication import quotas
from assistant_transport.http.endpoint import Call, endpoint, public
from assistant_transport.http.errors import ApiError, Code, invalid_request
from assistant_transport.http.models import AssistantRequest, Options, ThreadRequest, request_model
from assistant_transport.http.slices import give_way
from assistant_transport.http.thread_store import KeptThread, RunReport
from assistant_transport.runs import (
    AssistantTransportEncoder,
    Controller,
    Pump,
    Quota,
    QuotaExceededError,
    Run,
    RunFailedError,
    RunRefusedError,
    RunTooLargeError,
)
from assistant_transport.transcript import LAYOUTS, TranscriptError


@cache
def _request_model() -> type[AssistantRequest]:
    return request_model(registry.assistant().commands)


@endpoint("POST")
async def assistant_endpoint(call: Call) -> HttpResponseBase:
    """Applies a request's commands and streams the assistant's reply as state operations."""
    try:
        parsed = _request_model().model_validate(call.data)
        options = parsed.options()
    except ValidationError as error:
        raise invalid_request(error) from None
    caller = call.caller
    encoding = responses.encoding_for(call.request)
    original = call.original
    try:
        with registry.runs().reserve(
            caller.owner,
            parsed.threadId,
            encoding,
            parsed.state,
            discoverable=caller.is_named,
            quotas=quotas(caller),
            encoded=original.state if original else None,
        ) as run:
            run_reports.bind(run.head)
            if original:
                run.controller.document.messages = original.messages
                await give_way()
            kept = await _open_thread(parsed, run, call)
            turn = _turn(parsed, run, call, options, kept)
            await _check(turn)
            if kept is None and registry.assistant().keeps_thread(turn):
                await kept_threads.claim_thread(run, cancel=turn.text is not None)
    except QuotaExceededError as exceeded:
        raise _quota_exceeded(exceeded.quota) from None
    except RunRefusedError as refusal:
        code = Code.DRAINING if registry.runs().draining else Code.OVERLOADED
        raise ApiError(code, str(refusal), headers={"Retry-After": "1"}) from None
    return responses.live(run, partial(_reply, turn, run, kept), partial(_end, turn, kept))


async def _open_thread(parsed: AssistantRequest, run: Run, call: Call) -> KeptThread | None:
    try:
        return await kept_threads.open_thread(parsed, run, call)
    except RunTooLargeError:
        sentence = f"This thread has more than {settings.MAX_RUN_BYTES} bytes of state."
        raise ApiError(Code.STATE_TOO_LARGE, sentence) from None


def _report(turn: Turn, run: Run) -> RunReport:
    said = turn.transcript
    key = turn.caller_name or ""
    return RunReport(run, said.usage, said.model, said.cached_tokens, registry.assistant_name(), key)


def _end(turn: Turn, kept: KeptThread | None, run: Run) -> None:
    run_reports.ended(run, turn.transcript.usage, turn.caller_name or "")
    if kept is not None:
        kept.end(_report(turn, run))
    elif store := registry.thread_store():
        store.record(turn.caller, _report(turn, run))


@endpoint("POST")
async def thread_state(call: Call) -> HttpResponse:
    """The state of a thread that the assistant keeps, as a run would leave it; none is begun."""
    try:
        asked = ThreadRequest.model_validate(call.data)
    except ValidationError as error:
        raise invalid_request(error) from None
    controller = Controller(Pump(AssistantTransportEncoder(), lambda _: None, 0, sys.maxsize), {"messages": []})
    turn = Turn(
        transcript=LAYOUTS[settings.ASSISTANT_MESSAGE_FORMAT](controller.document),
        controller=controller,
        thread_id=asked.threadId,
        request=call.request,
        user=call.caller.user,
        owner=call.caller.owner if call.caller.is_named else None,
        caller=call.caller,
    )
    if not await registry.assistant().load_thread(turn):
        raise ApiError(Code.THREAD_NOT_FOUND, "There is no such thread of yours.")
    return JsonResponse({"state": controller.document.value}, headers={"Cache-Control": "no-store"})


def _quota_exceeded(quota: Quota) -> ApiError:
    who = "You have" if quota.kind == "owner" else "Your API key has"
    sentence = f"{who} too many replies in the making. Please wait for one to end."
    return ApiError(Code.TOO_MANY_RUNS, sentence, headers={"Retry-After": "1"})


def _turn(parsed: AssistantRequest, run: Run, call: Call, options: Options, kept: KeptThread | None) -> Turn:
    """Applies the request's commands to the run's state; what is left is to answer them."""
    try:
        return commands.turn(
            parsed,
            options,
            run.controller,
            settings.ASSISTANT_MESSAGE_FORMAT,
            kept,
            request=call.request,
            user=call.caller.user,
            owner=call.caller.owner if call.caller.is_named else None,
            caller=call.caller,
        )
    except commands.CallNotOpenError as error:
        raise ApiError(Code.TOOL_CALL_NOT_OPEN, str(error)) from None
    except RunTooLargeError:
        sentence = f"The commands would change more than {settings.MAX_RUN_BYTES} bytes of state."
        raise ApiError(Code.STATE_TOO_LARGE, sentence) from None
    except TranscriptError as error:
        raise ApiError(Code.INVALID_REQUEST, f"The request is not valid: {error}") from None


async def _check(turn: Turn) -> None:
    """Lets the assistant refuse a turn while the response can still have another status than 200."""
    try:
        await registry.assistant().acheck(turn)
    except InvalidTurnError as problem:
        raise ApiError(Code[problem.code.upper()], str(problem)) from None


async def _reply(turn: Turn, run: Run, kept: KeptThread | None) -> None:
    if kept is not None:
        kept.begin(_report(turn, run), keeps_calls=registry.assistant().keeps_thread(turn))
    try:
        async with database.own_connections():
            await registry.assistant().reply(turn)
    except BaseException as error:
        if not run.is_cancelled:
            turn.transcript.finish("error")
        if isinstance(error, ReplyError):
            run.reason = error.reason
            run_reports.failed(error.reason)
            raise RunFailedError(str(error)) from error
        raise
    turn.transcript.finish("completed")


@endpoint("GET", "HEAD")
async def models(call: Call) -> HttpResponse:
    """The models that a request's `config.modelName` may choose among, the default first."""
    return JsonResponse({"models": list(registry.assistant().model_names)}, headers={"Cache-Control": "no-store"})


@public("GET", "HEAD")
async def health_check(request: HttpRequest) -> HttpResponse:
    """The service's name and version."""
    return JsonResponse({"status": "healthy", "service": SERVICE, "version": __version__})


@endpoint("GET", "HEAD")
async def openapi_document(call: Call) -> HttpResponse:
    path = call.request.path_info.removesuffix("/openapi.json")
    return JsonResponse(_openapi(get_script_prefix().rstrip("/") + path))


@lru_cache(maxsize=16)
def _openapi(prefix: str) -> dict[str, Any]:
    return openapi.document(_request_model(), prefix or "/")


on_change(_request_model.cache_clear)
on_change(_openapi.cache_clear)
