"""The interrupts of a graph that wait for a person, and which of them a request answers.

An approval must never reach a call that the person was not asked about. So an answer goes to the interrupt that it
names, by the interrupt's id or by the tool call that waits for it; an answer whose interrupt cannot be told is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import PregelTask, Send, StateSnapshot

from assistant_transport.assistants.errors import InvalidTurnError
from assistant_transport.assistants.langgraph.conversion import IsJson
from assistant_transport.assistants.langgraph.tool_nodes import Graph, ToolNodes
from assistant_transport.assistants.langgraph.values import json_value
from assistant_transport.assistants.resume import Resume
from assistant_transport.assistants.turn import Turn

KEY = "__interrupt__"  # of the pending interrupts, in LangGraph's `values` and in the client's state

# LangGraph 1.2.22 takes a mapping whose keys all look like this for answers by id, whether they are pending or not.
_INTERRUPT_ID = re.compile(r"[0-9a-f]{32}")
_SENDS, _RESUME = "__pregel_tasks", "__resume__"  # channels of a checkpoint


@dataclass(frozen=True)
class Interrupt:
    """An `interrupt()` that waits for its answer."""

    id: str
    value: Any
    call_id: str | None  # the tool call that waits for it; None where it belongs to no call, or to several
    config: RunnableConfig  # of the checkpoint that the task below belongs to
    task_id: str
    response_schema: Any = None  # the JSON Schema of its answer, where the graph gives one


async def pending(graph: Graph, config: RunnableConfig, tool_nodes: ToolNodes) -> list[Interrupt]:
    """All interrupts that wait on the thread of `config`, in the order of their tasks, sub-graphs' included."""
    snapshot = await graph.aget_state(config, subgraphs=True)
    found: dict[str, Interrupt] = {}
    for owner, task in _waiting_tasks(snapshot):
        call_id = await _call_of(graph, owner, task, tool_nodes)
        for each in task.interrupts:
            found.pop(each.id, None)  # an outer task has those of a sub-graph in the order in which they were raised
            schema = getattr(each, "response_schema", None)  # older ones have none
            found[each.id] = Interrupt(each.id, each.value, call_id, owner.config, task.id, schema)
    ids = {each.id for each in snapshot.interrupts}
    return [interrupt for interrupt in found.values() if interrupt.id in ids]


def _waiting_tasks(snapshot: StateSnapshot) -> Iterator[tuple[StateSnapshot, PregelTask]]:
    """The tasks that asked something, each with the snapshot of its graph; those of sub-graphs last.

    What a graph asks that is called within a node's own code is known by that node's task only.
    """
    for task in snapshot.tasks:
        if task.interrupts:
            yield snapshot, task
        if isinstance(task.state, StateSnapshot):
            yield from _waiting_tasks(task.state)


async def _call_of(graph: Graph, snapshot: StateSnapshot, task: PregelTask, tool_nodes: ToolNodes) -> str | None:
    """The id of the only tool call that `task` runs, if it can be told."""
    if len(task.path) > 1 and task.path[0] == "__pregel_push" and isinstance(task.path[1], int):
        saved = await _checkpointer(graph).aget_tuple(snapshot.config)
        sends = saved.checkpoint["channel_values"].get(_SENDS, []) if saved else []
        sent = sends[task.path[1]] if task.path[1] < len(sends) else None
        calls = _sent_calls(sent.arg) if isinstance(sent, Send) else []
    else:
        names = tool_nodes.tools_of(snapshot.config["configurable"].get("checkpoint_ns", ""), task.name)
        calls = [str(call["id"]) for call in _open_calls(snapshot) if call["name"] in names]
    return calls[0] if len(calls) == 1 else None


def _sent_calls(arg: Any) -> list[str]:
    """The ids of the tool calls that a ToolNode was sent: a list of calls, or one call with the state."""
    items = [arg.get("tool_call")] if isinstance(arg, dict) else arg
    calls = items if isinstance(items, list) else []
    return [str(call["id"]) for call in calls if isinstance(call, dict) and "id" in call]


def _open_calls(snapshot: StateSnapshot) -> list[Any]:
    """The calls of the last assistant's message that have no result."""
    messages = snapshot.values.get("messages", []) if isinstance(snapshot.values, dict) else []
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    caller = next((message for message in reversed(messages) if isinstance(message, AIMessage)), None)
    return [call for call in caller.tool_calls if call["id"] not in answered] if caller else []


def _checkpointer(graph: Graph) -> BaseCheckpointSaver[Any]:
    return cast(BaseCheckpointSaver[Any], graph.checkpointer)


def answers(turn: Turn, interrupts: Sequence[Interrupt], server_tools: set[str]) -> dict[str, Any]:
    """What the request answers, by the ids of `interrupts`, which are those that wait.

    A result answers the interrupt of its own call only. An error is no answer, and neither is the result of a tool of
    the client's.

    Raises:
        InvalidTurnError: it cannot be told which interrupt an answer is for, or none waits for it.
    """
    found: dict[str, Any] = {}
    for command in turn.commands:
        if isinstance(command, Resume):
            _add(found, _resumed(command.value, interrupts))
    for result in turn.tool_results:
        waiting = [interrupt.id for interrupt in interrupts if interrupt.call_id == result.call_id]
        if result.is_error or not interrupts:
            continue
        if len(waiting) == 1:
            _add(found, {waiting[0]: result.result})
        elif result.tool_name in server_tools:
            raise InvalidTurnError(
                f"The tool call {result.call_id!r} waits for no result. Answer the graph's interrupts by their ids: "
                f'{{"type": "resume", "value": {{id: answer}}}}. {_waiting(interrupts)}'
            )
    return found


def _resumed(value: Any, interrupts: Sequence[Interrupt]) -> dict[str, Any]:
    ids = {interrupt.id for interrupt in interrupts}
    if not ids:
        raise InvalidTurnError("Nothing waits for an answer on this thread.")
    keys = set(value) if isinstance(value, dict) else set()
    if keys and keys <= ids:
        return dict(value)
    if keys & ids or any(_INTERRUPT_ID.fullmatch(str(key)) for key in keys):
        raise InvalidTurnError(f"The answer names an interrupt that does not wait. {_waiting(interrupts)}")
    if len(ids) > 1:
        raise InvalidTurnError(f"Which interrupt is answered? Send an object of answers by id. {_waiting(interrupts)}")
    return {ids.pop(): value}


def _add(found: dict[str, Any], more: dict[str, Any]) -> None:
    if twice := found.keys() & more.keys():
        raise InvalidTurnError(f"The interrupt {twice.pop()} is answered twice.")
    found.update(more)


def _waiting(interrupts: Sequence[Interrupt]) -> str:
    return f"These wait: {', '.join(interrupt.id for interrupt in interrupts)}."


async def stored_answers(graph: Graph, interrupts: Sequence[Interrupt]) -> dict[str, list[Any]]:
    """The answers that LangGraph keeps for the tasks of `interrupts`, by the ids of the tasks."""
    stored: dict[str, list[Any]] = {interrupt.task_id: [] for interrupt in interrupts}
    for interrupt in interrupts:
        saved = await _checkpointer(graph).aget_tuple(interrupt.config)
        for task_id, channel, value in (saved.pending_writes or []) if saved else []:
            if task_id == interrupt.task_id and channel == _RESUME:
                stored[task_id] = list(value) if isinstance(value, list) else [value]
    return stored


async def withdraw(graph: Graph, interrupts: Sequence[Interrupt], stored: dict[str, list[Any]]) -> None:
    """Makes LangGraph forget the answers that a failed or cancelled run was given; `stored` are those of before.

    LangGraph 1.2.22 keeps them, and gives them again to the task in place of the next answer: a person who said yes,
    stopped the run and then said no would get what was approved first.
    """
    for interrupt in interrupts:
        writes = [(_RESUME, stored[interrupt.task_id])]
        await _checkpointer(graph).aput_writes(interrupt.config, writes, interrupt.task_id)


def show(turn: Turn, interrupts: Sequence[Interrupt]) -> None:
    """Lists `interrupts` in the client's state."""
    document = turn.controller.document
    shown = [_shown(each, document.accepts) for each in interrupts]
    if document.value.get(KEY, []) != shown:
        document.set([KEY], shown)


def _shown(interrupt: Interrupt, is_json: IsJson) -> dict[str, Any]:
    schema = interrupt.response_schema
    try:
        value = json_value(interrupt.value, is_json)
    except TypeError:
        value = None
    return {"id": interrupt.id, "value": value} | (
        {"response_schema": schema} if isinstance(schema, dict) and is_json(schema) else {}
    )
