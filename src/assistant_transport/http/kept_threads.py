"""Runs on threads that the server keeps: they begin from the server's copy, whatever the client sends as its own."""

import re
from collections.abc import Iterable
from typing import Any

from assistant_transport.assistants import Turn
from assistant_transport.conf import settings
from assistant_transport.http import registry
from assistant_transport.http.endpoint import Call
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.http.models import AddMessageCommand, AssistantRequest
from assistant_transport.http.thread_store import (
    KeptThread,
    ThreadInUseError,
    ThreadLayoutError,
    ThreadsUnavailableError,
)
from assistant_transport.runs import LogUnavailableError, Run, ThreadBusyError
from assistant_transport.transcript import LAYOUTS

_NAME = re.compile(r"[A-Za-z0-9._:~-]{1,128}")
_UNAVAILABLE = "This conversation cannot be read right now. Please try again in a moment."


async def claim_thread(run: Run, *, cancel: bool) -> None:
    """Lets no two runs at once change a kept thread; `cancel` stops an earlier one, if THREAD_CONFLICT says so."""
    try:
        await registry.runs().claim_thread(run, cancel=settings.THREAD_CONFLICT == "cancel" and cancel)
    except ThreadBusyError:
        raise _busy() from None
    except LogUnavailableError:
        sentence = "This thread cannot be continued right now. Please try again in a moment."
        raise ApiError(Code.LOG_UNAVAILABLE, sentence, headers={"Retry-After": "2"}) from None


def _busy() -> ApiError:
    sentence = "An earlier reply on this thread is still being written. Please wait for its end, or stop it."
    return ApiError(Code.THREAD_BUSY, sentence, headers={"Retry-After": "1"})


async def open_thread(parsed: AssistantRequest, run: Run, call: Call) -> KeptThread | None:
    """The thread that the server keeps for this run, which has claimed it and begins from its state.

    None where it keeps none: THREADS is off, the caller cannot be told from others, or the request names no thread.
    """
    store = registry.thread_store()
    name = parsed.threadId
    if store is None or name is None or not call.caller.is_named:
        return None
    _check(name, parsed.commands)
    if store.problem is not None:  # before the claim, which might wait for a run that cannot be stored
        raise ApiError(Code.THREADS_UNAVAILABLE, _UNAVAILABLE, headers={"Retry-After": "5"})
    await claim_thread(run, cancel=any(isinstance(command, AddMessageCommand) for command in parsed.commands))
    try:
        kept = await store.load(call.caller, name)
    except ThreadsUnavailableError:
        raise ApiError(Code.THREADS_UNAVAILABLE, _UNAVAILABLE, headers={"Retry-After": "5"}) from None
    except ThreadInUseError:
        raise _busy() from None
    except ThreadLayoutError as error:
        raise ApiError(Code.INVALID_REQUEST, f"This thread cannot be continued here: {error}.") from None
    document = run.controller.document
    if document.value != kept.state:
        document.replace(kept.state)
    kept.watch(document)
    await _load_from_assistant(run, call, name)
    return kept


def _check(name: str, commands: Iterable[Any]) -> None:
    if not _NAME.fullmatch(name):
        sentence = "threadId: a kept thread's has 1 to 128 of the characters A-Z, a-z, 0-9 and ._:~-"
        raise ApiError(Code.INVALID_REQUEST, f"The request is not valid: {sentence}")
    if any(isinstance(command, AddMessageCommand) and command.message.role != "user" for command in commands):
        sentence = "commands: on a thread that the server keeps, messages of the assistant are the server's own"
        raise ApiError(Code.INVALID_REQUEST, f"The request is not valid: {sentence}")


async def _load_from_assistant(run: Run, call: Call, name: str) -> None:
    """An assistant that keeps threads itself, such as a graph with a checkpointer, knows better what is on them."""
    document = run.controller.document
    turn = Turn(
        transcript=LAYOUTS[settings.ASSISTANT_MESSAGE_FORMAT](document),
        controller=run.controller,
        thread_id=name,
        request=call.request,
        user=call.caller.user,
        owner=call.caller.owner,
        caller=call.caller,
    )
    assistant = registry.assistant()
    if assistant.keeps_thread(turn):
        await assistant.load_thread(turn)
