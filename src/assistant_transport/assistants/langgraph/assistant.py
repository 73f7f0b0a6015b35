"""Runs a graph for a turn: what goes in, where it is kept, and how it is resumed."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from hashlib import sha256
from typing import Any, ClassVar, Literal, cast
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

from assistant_transport.assistants.langgraph.history import History
from assistant_transport.assistants.langgraph.layout import is_json, is_shown
from assistant_transport.assistants.langgraph.mirror import Mirror
from assistant_transport.assistants.turn import Turn

Graph = Pregel[Any, Any, Any, Any]

INTERRUPT = "__interrupt__"  # where LangGraph's own `values` have it, and so has the client's state


class Resume(BaseModel):
    """Answers an `interrupt()` of the graph: its call returns `value`."""

    type: Literal["resume"]
    value: Any = None


class LangGraphAssistant:
    """Answers by a compiled graph whose state has `messages`."""

    name = "langgraph"
    commands: ClassVar = (Resume,)

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._server_tools = _server_tools(graph)

    async def reply(self, turn: Turn) -> None:
        graph, config = self._prepare(turn)
        snapshot = await graph.aget_state(config) if graph.checkpointer else None
        server = _messages(snapshot)
        given: Any = _resumed(turn, snapshot.interrupts if snapshot else ())
        resumed = given is not None
        fresh: list[BaseMessage] = []
        if not resumed:
            history = _history(turn, server)
            waits = turn.text is None and history.waits_for(turn.tools.keys() - self._server_tools)
            if waits or not history.needs_answer:
                return
            messages = history.messages()
            ids = {message.id for message in server}
            fresh = [message for message in messages if message.id not in ids]
            # A thread that was left in the middle of a step forgets that step, but its snapshot shows it.
            given = {"messages": _input(messages, server, anew=bool(snapshot and snapshot.next))}
        usage = _Usage()
        config["callbacks"] = [usage]
        mirror = Mirror(turn.controller, fresh)
        if turn.controller.document.value.get(INTERRUPT):
            turn.controller.document.set([INTERRUPT], [])
        try:
            await _stream(graph, given, config, mirror, settled=not resumed)
        finally:
            if usage.total:
                mirror.set_usage(usage.total)
                turn.transcript.count_usage(
                    input_tokens=usage.total["input_tokens"], output_tokens=usage.total["output_tokens"]
                )

    def _prepare(self, turn: Turn) -> tuple[Graph, RunnableConfig]:
        """The graph and its configuration: on the thread of this owner, or on one that nobody shares or keeps."""
        graph = self._graph
        if turn.owner and turn.thread_id:
            thread_id = sha256(f"{turn.owner}\0{turn.thread_id}".encode()).hexdigest()
        else:
            thread_id = uuid4().hex
            if graph.checkpointer:
                graph = graph.copy(update={"checkpointer": InMemorySaver()})
        tools = [_declared(name, tool) for name, tool in turn.tools.items() if name not in self._server_tools]
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
    """What a thread's checkpoint holds of the conversation."""
    values = snapshot.values if snapshot and isinstance(snapshot.values, Mapping) else {}
    return list(values.get("messages", ()))


def _resumed(turn: Turn, interrupts: Sequence[Interrupt]) -> Command[Any] | None:
    """What answers the graph's interrupts: a `resume` command or a tool's result. A new message lets them go."""
    answers = [command.value for command in turn.commands if isinstance(command, Resume)]
    if turn.text is None:
        answers += [result.result for result in turn.tool_results]
    if not interrupts or not answers:
        return None
    ids = {interrupt.id for interrupt in interrupts}
    if isinstance(answers[0], dict) and answers[0] and answers[0].keys() <= ids:
        return Command(resume=answers[0])
    return Command(resume=dict.fromkeys(ids, answers[0]))


def _history(turn: Turn, server: Sequence[BaseMessage]) -> History:
    """The conversation as the client has it, edits included."""
    history = History(filter(is_shown, server))
    ids = {message.id for message in server}
    edited = any(getattr(command, "sourceId", None) is not None for command in turn.commands)
    if not edited and not any(str(entry.get("id")) in ids for entry in turn.transcript.messages):
        # A client that knows nothing of its thread, as after a page reload, goes on where the server stands.
        for message in filter(is_shown, server):
            history.add(message)
    for entry in turn.transcript.messages:
        history.read(entry)
    return history


def _input(messages: list[BaseMessage], server: Sequence[BaseMessage], *, anew: bool) -> list[BaseMessage]:
    """What makes the graph's messages `messages`, where `server` are those that it has; system prompts stay."""
    wanted = [*(message for message in server if not is_shown(message)), *messages]
    if not anew and [message.id for message in wanted[: len(server)]] == [message.id for message in server]:
        return wanted[len(server) :]
    return [RemoveMessage(id=REMOVE_ALL_MESSAGES), *wanted]


async def _stream(graph: Graph, given: Any, config: RunnableConfig, mirror: Mirror, *, settled: bool) -> None:
    events = graph.astream(given, config, stream_mode=["messages", "values"], subgraphs=True)
    async with aclosing(cast(AsyncGenerator[Any, None], events)) as events:
        async for namespace, mode, payload in events:
            if mode == "messages":
                message, metadata = payload
                mirror.hear(message, metadata["langgraph_checkpoint_ns"])
            elif not namespace and isinstance(payload, Mapping):
                # The first values of a resumed graph are those that it stopped with: older than the transcript.
                if settled and "messages" in payload:
                    mirror.settle(payload["messages"])
                settled = True
                mirror.mirror(_mirrored(payload))


def _mirrored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values for the client, interrupts as plain JSON."""
    shown = {key: value for key, value in values.items() if key != INTERRUPT}
    if interrupts := values.get(INTERRUPT):
        shown[INTERRUPT] = [
            {"id": item.id, "value": item.value if is_json(item.value) else None} for item in interrupts
        ]
    return shown


def _declared(name: str, tool: Mapping[str, Any]) -> dict[str, Any]:
    """A client's tool as `bind_tools` of every chat model takes it."""
    parameters = tool.get("parameters") or {"type": "object", "properties": {}}
    function = {"name": name, "description": tool.get("description") or "", "parameters": parameters}
    return {"type": "function", "function": function}


def _server_tools(graph: Graph) -> set[str]:
    graphs = [graph, *(subgraph for _, subgraph in graph.get_subgraphs(recurse=True))]
    nodes = [node.bound for each in graphs if isinstance(each, Pregel) for node in each.nodes.values()]
    return {name for node in nodes if isinstance(node, ToolNode) for name in node.tools_by_name}


class _Usage(BaseCallbackHandler):
    """Counts the tokens of every model that the graph calls."""

    run_inline = True

    def __init__(self) -> None:
        self.total: UsageMetadata | None = None

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, parent_run_id: UUID | None = None, **_: Any) -> None:
        for generation in response.generations[0]:
            message = getattr(generation, "message", None)
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.total = add_usage(self.total, message.usage_metadata)
