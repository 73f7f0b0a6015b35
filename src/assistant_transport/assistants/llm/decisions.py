"""What a request decides on calls that wait: read from its commands, and held against what the server kept."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from assistant_transport.approvals import Kept, PendingCall, Status
from assistant_transport.assistants.errors import DecisionRefusedError
from assistant_transport.assistants.llm.jsontext import mend_value
from assistant_transport.assistants.resume import Resume
from assistant_transport.assistants.tools import ArgumentsError, ServerTool
from assistant_transport.assistants.turn import Decided, Turn

_FORM = (
    'Decide by {"type": "resume", "value": {id: {"decisions": [decision]}}}, where id is the question\'s and decision '
    'is {"type": "approve"}, {"type": "edit", "edited_action": {"name", "args"}} or {"type": "reject", "message"}.'
)
_WHAT = {
    Status.APPROVED: "it was approved",
    Status.EDITED: "it was approved with other arguments",
    Status.DENIED: "it was denied",
    Status.CLOSED: "the conversation went on without it",
    Status.ABANDONED: "it was approved",
}


class _Action(BaseModel):
    name: str
    args: dict[str, Any]


class _Approve(BaseModel):
    type: Literal["approve"]


class _Edit(BaseModel):
    type: Literal["edit"]
    edited_action: _Action


class _Reject(BaseModel):
    type: Literal["reject"]
    message: Annotated[str, Field(max_length=2000)] | None = None


Decision = _Approve | _Edit | _Reject


class _Decisions(BaseModel):
    decisions: Annotated[
        list[Annotated[Decision, Field(discriminator="type")]],
        Field(min_length=1, max_length=1),
    ]


def read(turn: Turn) -> dict[str, Decision]:
    """The decisions of a request, by the ids of their questions.

    Raises:
        DecisionRefusedError: one makes no sense.
    """
    found: dict[str, Decision] = {}
    for question, answer in _answers(turn):
        if question in found:
            raise DecisionRefusedError(f"The call {question[:100]!r} is decided twice.", "invalid_decision")
        try:
            found[question] = _Decisions.model_validate(answer).decisions[0]
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise DecisionRefusedError(f"{where}: {first['msg']}. {_FORM}", "invalid_decision") from None
    return found


def _answers(turn: Turn) -> Iterator[tuple[str, Any]]:
    for command in turn.commands:
        if isinstance(command, Resume):
            if not isinstance(command.value, dict) or not command.value:
                raise DecisionRefusedError(f"Which call is decided? {_FORM}", "invalid_decision")
            yield from command.value.items()


def decided(decision: Decision, kept: Kept, tool: ServerTool | None) -> Decided:
    """What becomes of the call `kept` by `decision`. What runs is the server's copy, but for an edit's arguments.

    Raises:
        DecisionRefusedError: the edited arguments do not fit, or there is no such tool any more.
    """
    call = kept.call
    if isinstance(decision, _Reject):
        return Decided(call, Status.DENIED, call.arguments, mend_value(decision.message or "").strip())
    if tool is None:
        raise DecisionRefusedError(f"This server has no tool {call.tool} any more.", "approval_not_found")
    if isinstance(decision, _Approve):
        return Decided(call, Status.APPROVED, call.arguments)
    return Decided(call, Status.EDITED, _edited(decision.edited_action, call, tool))


def _edited(action: _Action, call: PendingCall, tool: ServerTool) -> dict[str, Any]:
    if action.name != call.tool:
        raise DecisionRefusedError(f"An edit cannot name another tool than {call.tool}.", "invalid_decision")
    arguments: dict[str, Any] = mend_value(action.args)
    try:
        tool.check(arguments)
    except ArgumentsError as error:
        raise DecisionRefusedError(f"The edited arguments do not fit: {error}", "invalid_decision") from None
    return arguments


def refused(status: Status | None) -> DecisionRefusedError:
    """Why a call that is not pending cannot be decided; `status` is None for one that is not known here."""
    if status is None:
        sentence = "No such call waits for you in this conversation: it is no longer open."
        return DecisionRefusedError(sentence, "approval_not_found")
    if status is Status.EXPIRED:
        return DecisionRefusedError("It is too late: the call is no longer open.", "approval_expired")
    return DecisionRefusedError(f"The call was decided already: {_WHAT[status]}.", "approval_decided")
