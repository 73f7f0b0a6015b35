"""The routes by which a client resumes or cancels a run."""

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from pydantic import ValidationError

from assistant_transport.callers import Caller
from assistant_transport.http import registry, responses, run_reports
from assistant_transport.http.endpoint import Call, endpoint
from assistant_transport.http.errors import ApiError, Code, invalid_request
from assistant_transport.http.models import RunRequest
from assistant_transport.runs import Record, Status


@endpoint("POST")
async def initial_state(call: Call) -> HttpResponse:
    """A run to resume: its id, its status and the state before it; 204 if none is kept."""
    asked = _asked(call)
    if asked.threadId is None:
        asked.threadId = call.request.GET.get("threadId")
    record = await _find(call.caller, asked)
    if record is None:
        return HttpResponse(status=204)
    # The state is JSON already: parsing and encoding it again would cost as much as everything else.
    body = f'{{"runId":"{record.head.id}","status":"{record.status}","state":{record.head.state}}}'
    return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "no-store"})


@endpoint("POST")
async def resume(call: Call) -> HttpResponseBase:
    """The stream of a run from its beginning, then live."""
    asked = _asked(call)
    record = await _get(call.caller, asked)
    wanted = responses.encoding_for(call.request)
    if wanted != record.head.encoding:
        sentence = f"This run's encoding is {record.head.encoding}; the request asks for {wanted}."
        raise ApiError(Code.ENCODING_MISMATCH, sentence)
    feed = await registry.runs().log.subscribe(record)
    run_reports.resumed()
    return responses.replay(record.head, feed, from_state=asked.runId is None)


@endpoint("POST")
async def cancel(call: Call) -> HttpResponse:
    """Stops a run, in whichever process it is."""
    asked = _asked(call)
    if asked.runId is not None and registry.runs().stop(asked.runId, call.caller.owner):
        return JsonResponse({"runId": asked.runId}, status=202)  # it is in this process, so the log is not needed
    record = await _get(call.caller, asked)
    await registry.runs().cancel(record)
    return JsonResponse({"runId": record.head.id}, status=202)


def _asked(call: Call) -> RunRequest:
    try:
        return RunRequest.model_validate(call.data)
    except ValidationError as error:
        raise invalid_request(error) from None


async def _get(caller: Caller, asked: RunRequest) -> Record:
    """The run that is asked for; 404 for another caller's, or for none."""
    record = await _find(caller, asked)
    if record is None:
        raise ApiError(Code.RUN_NOT_FOUND, "There is no such run of yours.")
    run_reports.bind(record.head)
    return record


async def _find(caller: Caller, asked: RunRequest) -> Record | None:
    """The caller's run: by its id, else its thread's latest, else the only one that is running."""
    log = registry.runs().log
    if asked.runId is not None:
        record = await log.find(asked.runId)
    elif not caller.is_named:
        return None  # a thread's name can be guessed
    elif asked.threadId is not None:
        record = await log.latest(caller.owner, asked.threadId)
    elif caller.user is not None:
        return None  # what runs may be shown on another device of the user's, in another conversation
    else:
        record = await log.only_running(caller.owner)
    if record is None or record.head.owner != caller.owner or record.status is Status.BROKEN:
        return None
    return record
