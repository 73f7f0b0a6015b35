"""Lets a graph answer a turn: first what waits on its thread, then what is new."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata, add_usage
from langchain_core.outputs import LLMResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from assistant_transport.assistants.base import BaseAssistant
from assistant_transport.assistants.errors import InvalidTurnError, ReplyError
from assistant_transport.assistants.langgraph import context, interrupts, values
from assistant_transport.assistants.langgraph.custom import CustomEvents
from assistant_transport.assistants.langgraph.state_sync import StateSync
from assistant_transport.assistants.langgraph.thread import Thread
from assistant_transport.assistants.langgraph.tool_nodes import Graph, ToolNodes
from assistant_transport.assistants.resume import Resume
from assistant_transport.assistants.turn import Turn

_OWN_KEYS = {"messages", interrupts.KEY}  # of `values`: they are written in their own ways


class LangGraphAssistant(BaseAssistant):
    """Answers by a compiled graph whose state has `messages`."""

    name = "langgraph"
    commands = (Resume,)

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._tool_nodes = ToolNodes(graph)
        self._server_tools = self._tool_nodes.names
        self._output_keys = _output_keys(graph)
        self._resuming: set[str] = set()  # the ids of threads whose graphs go on with an answer

    async def acheck(self, turn: Turn) -> None:
        if turn.tool_results or any(isinstance(command, Resume) for command in turn.commands):
            thread = self._thread(turn)
            await self._answers(turn, thread)

    def keeps_thread(self, turn: Turn) -> bool:
        return bool(self._graph.checkpointer and turn.owner and turn.thread_id)

    async def forget_thread(self, owner: str, thread_id: str) -> None:
        if isinstance(self._graph.checkpointer, BaseCheckpointSaver):
            await self._graph.checkpointer.adelete_thread(_kept_id(owner, thread_id))

    async def reply(self, turn: Turn) -> None:
        thread = self._thread(turn)
        try:
            answers = await self._answers(turn, thread)
            has_new_message = thread.count_new_user_messages(turn.transcript) > 0
            if answers:
                self._resuming.add(thread.id)
                try:
                    # Loaded again, now that no other request can answer.
                    await self._resume(turn, thread, await self._answers(turn, thread, is_ours=True))
                finally:
                    self._resuming.remove(thread.id)
        except InvalidTurnError as error:  # another request was faster, since this one was checked
            raise ReplyError(str(error)) from error
        if thread.interrupts and not answers and not has_new_message:
            interrupts.show(turn, thread.interrupts)
            return
        if has_new_message or not answers:
            await self._answer(turn, thread)

    async def load_thread(self, turn: Turn) -> bool:
        if not self.keeps_thread(turn):
            return False
        thread = self._thread(turn)
        await thread.load()
        if thread.exists:
            StateSync(turn.controller, ()).sync_messages(thread.messages)
            seen = thread.values.keys() & set(self._output_keys or ()) - _OWN_KEYS
            values.sync(turn.controller, {key: thread.values[key] for key in seen})
            interrupts.show(turn, thread.interrupts)
        return thread.exists

    async def _answers(self, turn: Turn, thread: Thread, *, is_ours: bool = False) -> dict[str, Any]:
        """Loads the thread; what the request answers there, by the interrupts' ids. Raises InvalidTurnError."""
        await thread.load()
        answers = interrupts.answers(turn, thread.interrupts, self._server_tools)
        if answers and thread.id in self._resuming and not is_ours:
            raise InvalidTurnError("The graph goes on with an earlier answer right now.")
        return answers

    async def _resume(self, turn: Turn, thread: Thread, answers: dict[str, Any]) -> None:
        """Goes on where the graph waits for `answers`, which are by the interrupts' ids."""
        answered = [interrupt for interrupt in thread.interrupts if interrupt.id in answers]
        interrupts.show(turn, [interrupt for interrupt in thread.interrupts if interrupt.id not in answers])
        stored = await interrupts.stored_answers(thread.graph, answered)
        results = thread.new_results(turn.transcript, self._server_tools)
        command: Command[Any] = Command(resume=answers, update={"messages": results} if results else None)
        sync = StateSync(turn.controller, (), last=thread.count_new_user_messages(turn.transcript))
        try:
            await self._stream(turn, thread, command, sync)
        except BaseException:
            await interrupts.withdraw(thread.graph, answered, stored)
            raise
        finally:
            await thread.load()
            interrupts.show(turn, thread.interrupts)
            sync.remove_results({interrupt.call_id for interrupt in thread.interrupts if interrupt.call_id})

    async def _answer(self, turn: Turn, thread: Thread) -> None:
        """Gives the graph what is new in the conversation. What waited on the thread is abandoned."""
        history = thread.history(turn)
        is_for_client = turn.text is None and history.has_open_call(turn.tools.keys() - self._server_tools)
        if is_for_client or not history.needs_answer:
            return
        messages = history.messages()
        sync = StateSync(turn.controller, thread.new_messages(messages))
        interrupts.show(turn, [])
        try:
            await self._stream(turn, thread, {"messages": thread.input_messages(messages)}, sync)
        finally:
            if thread.may_wait:
                await thread.load()
                interrupts.show(turn, thread.interrupts)

    async def _stream(self, turn: Turn, thread: Thread, graph_input: Any, sync: StateSync) -> None:
        usage, custom = _UsageCounter(), CustomEvents(turn.controller.document, self._graph)
        events = thread.graph.astream(
            graph_input,
            {**thread.config, "callbacks": [usage]},
            context=context.make(self._graph.context_schema, turn) if self._graph.context_schema else None,
            stream_mode=["messages", "values", "custom"],
            output_keys=self._output_keys,
            subgraphs=True,
        )
        # The first values of a resumed graph are those that it stopped with: older than the transcript.
        is_current = not isinstance(graph_input, Command)
        try:
            async with aclosing(cast(AsyncGenerator[Any, None], events)) as events:
                async for namespace, mode, payload in events:
                    if mode == "messages":
                        message, metadata = payload
                        task = metadata["langgraph_checkpoint_ns"]
                        if self._tool_nodes.is_shown(task, is_result=isinstance(message, ToolMessage)):
                            sync.add_streamed(message, task, metadata.get("lc_agent_name"))
                    elif mode == "custom":
                        if self._tool_nodes.is_shown_in(namespace):
                            custom.add(payload)
                    elif not namespace and isinstance(payload, Mapping):
                        if is_current and "messages" in payload:
                            sync.sync_messages(payload["messages"])
                        is_current = True
                        thread.add_interrupts(payload.get(interrupts.KEY, ()))
                        values.sync(turn.controller, {key: payload[key] for key in payload.keys() - _OWN_KEYS})
        except BaseException:
            thread.may_wait = True
            raise
        finally:
            turn.transcript.model = usage.model
            if usage.total:
                turn.transcript.cached_tokens = usage.total.get("input_token_details", {}).get("cache_read")
                sync.set_usage(usage.total)
                turn.transcript.count_usage(
                    input_tokens=usage.total["input_tokens"], output_tokens=usage.total["output_tokens"]
                )
            sync.close()

    def _thread(self, turn: Turn) -> Thread:
        """The thread of this owner, or one of this turn only."""
        graph = self._graph
        if turn.owner and turn.thread_id:
            thread_id = _kept_id(turn.owner, turn.thread_id)
        else:
            thread_id = uuid4().hex
            if graph.checkpointer:
                graph = graph.copy(update={"checkpointer": InMemorySaver()})
        tools = [_tool_definition(name, tool) for name, tool in turn.tools.items() if name not in self._server_tools]
        config: RunnableConfig = {
            "configurable": {
                "thread_id": thread_id,
                "owner": turn.owner,
                "frontend_tools": tools,
                "system": turn.system,
                "call_settings": turn.call_settings,
            }
        }
        return Thread(graph, config, self._tool_nodes)


def _kept_id(owner: str, thread_id: str) -> str:
    """What the checkpointer calls an owner's thread."""
    return sha256(f"{owner}\0{thread_id}".encode()).hexdigest()


def _tool_definition(name: str, tool: Mapping[str, Any]) -> dict[str, Any]:
    """A client's tool in the form that `bind_tools` of every chat model takes."""
    parameters = tool.get("parameters") or {"type": "object", "properties": {}}
    function = {"name": name, "description": tool.get("description") or "", "parameters": parameters}
    return {"type": "function", "function": function}


def _output_keys(graph: Graph) -> list[str] | None:
    """The keys of the graph's `output_schema`, and `messages`. None stands for all, where a state has no keys."""
    if isinstance(graph.output_channels, str):
        return None
    return list({*graph.output_channels, *({"messages"} & graph.channels.keys())})


class _UsageCounter(BaseCallbackHandler):
    """Counts the tokens of every model that the graph calls."""

    run_inline = True

    def __init__(self) -> None:
        self.total: UsageMetadata | None = None
        self.model = ""  # the last one

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, parent_run_id: UUID | None = None, **_: Any) -> None:
        for generation in response.generations[0]:
            message = getattr(generation, "message", None)
            if isinstance(message, AIMessage):
                self.model = str(message.response_metadata.get("model_name") or self.model)
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.total = add_usage(self.total, message.usage_metadata)
