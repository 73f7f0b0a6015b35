"""Runs a graph for a turn: its input, its thread, and how an interrupted one is resumed."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from hashlib import sha256
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage, RemoveMessage
from langchain_core.messages.ai import UsageMetadata, add_usage
from langchain_core.outputs import LLMResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel
from langgraph.types import Command, Interrupt, StateSnapshot
from pydantic import BaseModel

from assistant_transport.assistants.base import BaseAssistant
from assistant_transport.assistants.langgraph.conversion import IsJson, is_shown
from assistant_transport.assistants.langgraph.history import History
from assistant_transport.assistants.langgraph.state_sync import StateSync
from assistant_transport.assistants.turn import Turn

Graph = Pregel[Any, Any, Any, Any]

INTERRUPT = "__interrupt__"  # the key of the pending interrupts, in LangGraph's `values` and in the client's state


class Resume(BaseModel):
    """Answers an `interrupt()` of the graph: its call returns `value`."""

    type: Literal["resume"]
    value: Any = None


class LangGraphAssistant(BaseAssistant):
    """Answers by a compiled graph whose state has `messages`."""

    name = "langgraph"
    commands = (Resume,)

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._server_tools = _server_tools(graph)

    async def reply(self, turn: Turn) -> None:
        graph, config = self._prepare(turn)
        snapshot = await graph.aget_state(config) if graph.checkpointer else None
        kept = _messages(snapshot)
        graph_input: Any = _resume_command(turn, snapshot.interrupts if snapshot else ())
        is_resumed = graph_input is not None
        new_messages: list[BaseMessage] = []
        if not is_resumed:
            history = _history(turn, kept)
            is_for_client = turn.text is None and history.has_open_call(turn.tools.keys() - self._server_tools)
            if is_for_client or not history.needs_answer:
                return
            messages = history.messages()
            ids = {message.id for message in kept}
            new_messages = [message for message in messages if message.id not in ids]
            # The snapshot of a thread that stopped within a step shows that step's messages; a new input drops them.
            graph_input = {"messages": _input_messages(messages, kept, replace=bool(snapshot and snapshot.next))}
        usage = _UsageCounter()
        config["callbacks"] = [usage]
        sync = StateSync(turn.controller, new_messages)
        if turn.controller.document.value.get(INTERRUPT):
            turn.controller.document.set([INTERRUPT], [])
        try:
            await _stream(graph, graph_input, config, sync, turn.controller.document.accepts, is_resumed=is_resumed)
        finally:
            if usage.total:
                sync.set_usage(usage.total)
                turn.transcript.count_usage(
                    input_tokens=usage.total["input_tokens"], output_tokens=usage.total["output_tokens"]
                )

    def _prepare(self, turn: Turn) -> tuple[Graph, RunnableConfig]:
        """The graph and its configuration: for the thread of this owner, or for one of this turn only."""
        graph = self._graph
        if turn.owner and turn.thread_id:
            thread_id = sha256(f"{turn.owner}\0{turn.thread_id}".encode()).hexdigest()
        else:
            thread_id = uuid4().hex
            if graph.checkpointer:
                graph = graph.copy(update={"checkpointer": InMemorySaver()})
        tools = [_tool_definition(name, tool) for name, tool in turn.tools.items() if name not in self._server_tools]
        return graph, {
            "configurable": {
                "thread_id": thread_id,
                "owner": turn.owner,
                "frontend_tools": tools,
                "system": turn.system,
                "call_settings": turn.call_settings,
            }
        }


def _messages(snapshot: StateSnapshot | None) -> list[BaseMessage]:
    """The messages of a thread's checkpoint."""
    values = snapshot.values if snapshot and isinstance(snapshot.values, Mapping) else {}
    return list(values.get("messages", ()))


def _resume_command(turn: Turn, interrupts: Sequence[Interrupt]) -> Command[Any] | None:
    """The answer to the graph's interrupts: a `resume` command, or a tool's result. A new message abandons them."""
    answers = [command.value for command in turn.commands if isinstance(command, Resume)]
    if turn.text is None:
        answers += [result.result for result in turn.tool_results]
    if not interrupts or not answers:
        return None
    ids = {interrupt.id for interrupt in interrupts}
    if isinstance(answers[0], dict) and answers[0] and answers[0].keys() <= ids:
        return Command(resume=answers[0])
    return Command(resume=dict.fromkeys(ids, answers[0]))


def _history(turn: Turn, kept: Sequence[BaseMessage]) -> History:
    """The conversation as the client has it, edits included; `kept` are the messages of the checkpoint."""
    history = History(filter(is_shown, kept))
    ids = {message.id for message in kept}
    is_edited = any(getattr(command, "sourceId", None) is not None for command in turn.commands)
    if not is_edited and not any(str(message.get("id")) in ids for message in turn.transcript.messages):
        # A client without the thread's messages, as after a page reload, continues the thread as it is kept.
        for message in filter(is_shown, kept):
            history.add(message)
    for state_message in turn.transcript.messages:
        history.add_state_message(state_message)
    return history


def _input_messages(messages: list[BaseMessage], kept: Sequence[BaseMessage], *, replace: bool) -> list[BaseMessage]:
    """The input that makes the graph's messages `messages`, where it has `kept`; its system prompts stay.

    `replace` sets all messages anew even if only some have to be added.
    """
    wanted = [*(message for message in kept if not is_shown(message)), *messages]
    if not replace and [message.id for message in wanted[: len(kept)]] == [message.id for message in kept]:
        return wanted[len(kept) :]
    return [RemoveMessage(id=REMOVE_ALL_MESSAGES), *wanted]


async def _stream(
    graph: Graph, graph_input: Any, config: RunnableConfig, sync: StateSync, is_json: IsJson, *, is_resumed: bool
) -> None:
    events = graph.astream(graph_input, config, stream_mode=["messages", "values"], subgraphs=True)
    async with aclosing(cast(AsyncGenerator[Any, None], events)) as events:
        is_current = not is_resumed
        async for namespace, mode, payload in events:
            if mode == "messages":
                message, metadata = payload
                sync.add_streamed(message, metadata["langgraph_checkpoint_ns"])
            elif not namespace and isinstance(payload, Mapping):
                # The first values of a resumed graph are those that it stopped with: older than the transcript.
                if is_current and "messages" in payload:
                    sync.sync_messages(payload["messages"])
                is_current = True
                sync.sync_values(_client_values(payload, is_json))


def _client_values(values: Mapping[str, Any], is_json: IsJson) -> dict[str, Any]:
    """The values for the client, interrupts as plain JSON."""
    shown = {key: value for key, value in values.items() if key != INTERRUPT}
    if interrupts := values.get(INTERRUPT):
        shown[INTERRUPT] = [
            {"id": item.id, "value": item.value if is_json(item.value) else None} for item in interrupts
        ]
    return shown


def _tool_definition(name: str, tool: Mapping[str, Any]) -> dict[str, Any]:
    """A client's tool in the form that `bind_tools` of every chat model takes."""
    parameters = tool.get("parameters") or {"type": "object", "properties": {}}
    function = {"name": name, "description": tool.get("description") or "", "parameters": parameters}
    return {"type": "function", "function": function}


def _server_tools(graph: Graph) -> set[str]:
    graphs = [graph, *(subgraph for _, subgraph in graph.get_subgraphs(recurse=True))]
    nodes = [node.bound for each in graphs if isinstance(each, Pregel) for node in each.nodes.values()]
    return {name for node in nodes if isinstance(node, ToolNode) for name in node.tools_by_name}


class _UsageCounter(BaseCallbackHandler):
    """Counts the tokens of every model that the graph calls."""

    run_inline = True

    def __init__(self) -> None:
        self.total: UsageMetadata | None = None

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, parent_run_id: UUID | None = None, **_: Any) -> None:
        for generation in response.generations[0]:
            message = getattr(generation, "message", None)
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.total = add_usage(self.total, message.usage_metadata)
