"""Lets a person decide calls of the server's tools: asked at the end of a run, carried out by a later one.

A decision is taken from the store before its run begins, so that it counts once; only then its tool runs.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant_transport import approvals
from assistant_transport.approvals import Kept, LogUnavailableError, Outcome, PendingCall, Place, Status
from assistant_transport.assistants.llm import decisions, tools
from assistant_transport.assistants.llm.jsontext import mend_value
from assistant_transport.assistants.llm.tools import Waiting
from assistant_transport.assistants.tools import ServerTool, ToolError
from assistant_transport.assistants.turn import Decided, Turn
from assistant_transport.transcript import Call, Transcript
from assistant_transport.transcript.langchain_messages import json_text

logger = logging.getLogger(__name__)

_CLOSED = {
    Status.CLOSED: "The user wrote on instead of allowing this call, so it was not run.",
    Status.ABANDONED: "The user allowed this call, but it was interrupted before there was a result: it may have run.",
    Status.EXPIRED: "Nobody allowed this call in time, so it was not run.",
}
_UNKNOWN = "This call is no longer open."
_DENIED = "The user did not allow this call, so it was not run."
_CANNOT_ASK = "The user cannot be asked to allow this call right now, so it was not run."


class Approvals:
    """The calls of `server_tools` that a person decides."""

    def __init__(self, server_tools: Mapping[str, ServerTool]) -> None:
        self._tools = server_tools
        self._gated = {name for name, tool in server_tools.items() if tool.may_need_approval}
        self._has_warned = False

    def offered(self, turn: Turn) -> Mapping[str, ServerTool]:
        """The tools that a model may call: without an owner and a thread nobody can be asked about a call."""
        if not self._gated or _place(turn) is not None:
            return self._tools
        if not self._has_warned:
            self._has_warned = True
            names = ", ".join(sorted(self._gated))
            logger.warning(
                "Tools that need approval (%s) are offered only to callers with an owner (a user, or X-Client-Id) "
                "who send a threadId: a request came without",
                names,
            )
        return {name: tool for name, tool in self._tools.items() if name not in self._gated}

    async def take(self, turn: Turn) -> None:
        """Takes the request's decisions, which nobody can take again, and closes what a new message leaves undecided.

        Raises:
            DecisionRefusedError: one does not count; then none of them is taken.
        """
        place = _place(turn)
        if wanted := decisions.read(turn):
            turn.decided.extend(await self._taken(wanted, place))
        if turn.text is not None and place is not None and self._gated:
            try:
                closed = await approvals.pending_calls().close(place)
            except LogUnavailableError:
                if turn.transcript.pending_approvals():
                    raise
                return
            for call in closed:
                _report(call, Status.CLOSED)

    async def _taken(self, wanted: Mapping[str, decisions.Decision], place: Place | None) -> list[Decided]:
        if place is None:
            raise decisions.refused(None)
        store = approvals.pending_calls()
        kept = {each.call.id: each for each in await store.kept(place)}
        found = []
        for question, decision in wanted.items():
            waiting = kept.get(question)
            if waiting is None or waiting.status is not Status.PENDING:
                raise decisions.refused(waiting.status if waiting else None)
            found.append(decisions.decided(decision, waiting, self._tools.get(waiting.call.tool)))
        # Another request may have been faster since.
        if late := await store.decide(place, {decided.call.id: decided.status for decided in found}):
            raise decisions.refused(late[1])
        for decided in found:
            _report(decided.call, decided.status)
        return found

    async def carry_out(self, turn: Turn) -> bool:
        """Runs what was approved and tells the transcript; returns whether the model may go on."""
        place, has_message = _place(turn), turn.text is not None
        store = approvals.pending_calls()
        if has_message and turn.transcript.pending_approvals():
            _show_closed(turn, [] if place is None else await store.kept(place))
        if place is None or not (self._gated or turn.decided):
            return True
        if not turn.decided:
            return has_message or all(each.is_settled for each in await store.kept(place))
        for decided in turn.decided:
            _show_decision(turn.transcript, decided)
        async with asyncio.TaskGroup() as group:
            tasks = {decided.call.id: group.create_task(self._carried_out(decided, turn)) for decided in turn.decided}
        kept = await store.finish(place, {question: task.result() for question, task in tasks.items()})
        _show_outcomes(turn.transcript, kept)
        ours = {decided.call.id for decided in turn.decided}
        is_abandoned = any(each.status is Status.ABANDONED for each in kept if each.call.id in ours)
        return has_message or (not is_abandoned and all(each.is_settled for each in kept))

    async def _carried_out(self, decided: Decided, turn: Turn) -> Outcome:
        outcome = await self._outcome(decided, turn)
        _show_result(turn.transcript, decided.call, outcome)
        return outcome

    async def _outcome(self, decided: Decided, turn: Turn) -> Outcome:
        approval = _approval(decided)
        if decided.status is Status.DENIED:
            reason = f" They said: {decided.message}" if decided.message else ""
            return Outcome(_DENIED + reason, True, approval)
        try:
            result, is_error = await tools.execute(self._tools[decided.call.tool], decided.arguments, turn), False
        except ToolError as error:
            result, is_error = str(error), True
        result = mend_value(result)
        if not turn.controller.document.accepts(result):
            result = tools.NOT_SHOWN
        return Outcome(result, is_error, approval, _after_edit(decided, result))

    async def ask(self, waiting: Sequence[Waiting], turn: Turn) -> None:
        """Keeps the calls `waiting` and shows that they wait; where they cannot be kept, the model is told so."""
        place = _place(turn)
        if not waiting or place is None:
            return
        calls = [
            PendingCall(secrets.token_urlsafe(18), each.shown.id, each.shown.name, each.arguments) for each in waiting
        ]
        try:
            await approvals.pending_calls().open(place, calls)
        except LogUnavailableError:
            logger.warning("Calls that need approval cannot be kept, so they are not run")
            for each in waiting:
                each.shown.set_result(_CANNOT_ASK, is_error=True)
            return
        for call in calls:
            description = self._tools[call.tool].description
            turn.transcript.show_approval(call.call_id, {"id": call.id}, _question(call, description))


def _place(turn: Turn) -> Place | None:
    return None if turn.owner is None or turn.thread_id is None else Place(turn.owner, turn.thread_id)


def _report(call: PendingCall, status: Status) -> None:
    """Logs a decision, in the lines of its owner's request, and counts it."""
    logger.info("A call of %s was %s", call.tool, status, extra={"tool": call.tool, "decision": status.value})
    approvals.count(call.tool, status)


def _question(call: PendingCall, description: str) -> dict[str, Any]:
    """As the interrupts of LangChain's HumanInTheLoopMiddleware ask it (langchain 1.5.2)."""
    return {
        "action_requests": [{"name": call.tool, "args": call.arguments, "description": description}],
        "review_configs": [{"action_name": call.tool, "allowed_decisions": ["approve", "edit", "reject"]}],
    }


def _approval(decided: Decided) -> dict[str, Any]:
    """The decision as assistant-ui has it beside a call (@assistant-ui/core 0.3.35)."""
    approval: dict[str, Any] = {"id": decided.call.id, "approved": decided.status is not Status.DENIED}
    if decided.message:
        approval["reason"] = decided.message
    if decided.status is Status.EDITED:
        approval |= {"optionId": "edit", "text": json_text(decided.arguments)}
    return approval


def _after_edit(decided: Decided, result: Any) -> str | None:
    """What the model reads in place of the result after an edit, since its own arguments still stand in the call."""
    if decided.status is not Status.EDITED:
        return None
    arguments = json_text(decided.arguments)
    return f"The user changed the arguments of this call to {arguments} before it ran. Its result: {json_text(result)}"


def _show_decision(transcript: Transcript, decided: Decided) -> None:
    call = decided.call
    transcript.set_call(call.call_id, call.tool, call.arguments)
    transcript.show_approval(call.call_id, _approval(decided))


def _show_result(transcript: Transcript, call: PendingCall, outcome: Outcome) -> None:
    extra: dict[str, Any] = {"is_error": outcome.is_error}
    if outcome.model_text is not None:
        extra["model_content"] = [{"type": "text", "text": outcome.model_text}]
    transcript.add_tool_result(call.call_id, outcome.result, name=call.tool, **extra)


def _show_outcomes(transcript: Transcript, kept: Iterable[Kept]) -> None:
    """Shows what other requests have decided meanwhile, as another tab does."""
    parts = [part for entry in transcript.entries() for part in entry.parts]
    unanswered = {part.id for part in parts if isinstance(part, Call) and not part.is_answered}
    for each in kept:
        if each.outcome is not None and each.call.call_id in unanswered:
            transcript.set_call(each.call.call_id, each.call.tool, each.call.arguments)
            transcript.show_approval(each.call.call_id, each.outcome.approval)
            _show_result(transcript, each.call, each.outcome)


def _show_closed(turn: Turn, kept: Sequence[Kept]) -> None:
    """Shows what became of calls that the client's state has as waiting, now that the user has written on."""
    transcript = turn.transcript
    _show_outcomes(transcript, kept)
    statuses = {each.call.id: each.status for each in kept}
    decided = {each.call.id for each in turn.decided}
    for call_id, question in transcript.pending_approvals():
        if question not in decided:
            status = statuses.get(question)
            sentence = _CLOSED.get(status, _UNKNOWN) if status else _UNKNOWN
            approved = status is Status.ABANDONED
            transcript.show_approval(call_id, {"id": question, "approved": approved, "reason": sentence})
            transcript.add_tool_result(call_id, sentence, is_error=True)
