"""A graph's thread for one turn: what it holds, what of the client's conversation is new to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, RemoveMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.types import Interrupt as RaisedInterrupt

from assistant_transport.assistants.langgraph import interrupts
from assistant_transport.assistants.langgraph.conversion import is_shown
from assistant_transport.assistants.langgraph.history import History, read_message
from assistant_transport.assistants.langgraph.interrupts import Interrupt
from assistant_transport.assistants.langgraph.tool_nodes import Graph, ToolNodes
from assistant_transport.assistants.turn import Turn
from assistant_transport.transcript import Transcript


class Thread:
    """The thread that `graph` runs on with `config`, as it was when `load` was called last.

    A graph without a checkpointer has an empty one.
    """

    def __init__(self, graph: Graph, config: RunnableConfig, tool_nodes: ToolNodes) -> None:
        self.graph = graph
        self.config = config
        self._tool_nodes = tool_nodes
        self.interrupts: list[Interrupt] = []
        self.messages: list[BaseMessage] = []
        self.values: Mapping[str, Any] = {}  # all keys, whether clients see them or not
        self.exists = False
        self.is_within_step = False
        self.may_wait = False  # whether the graph may have come to an interrupt since

    @property
    def id(self) -> str:
        return str(self.config["configurable"]["thread_id"])

    async def load(self) -> None:
        if not self.graph.checkpointer:
            return
        snapshot = await self.graph.aget_state(self.config)
        self.interrupts = []
        if snapshot.interrupts:
            self.interrupts = await interrupts.pending(self.graph, self.config, self._tool_nodes)
        self.exists = snapshot.created_at is not None
        self.values = snapshot.values if isinstance(snapshot.values, Mapping) else {}
        self.messages = list(self.values.get("messages", ()))
        self.is_within_step = bool(snapshot.next)
        self.may_wait = False

    def add_interrupts(self, raised: Sequence[RaisedInterrupt]) -> None:
        """Takes the interrupts of an event of the stream; each has only those of one task."""
        self.may_wait = self.may_wait or bool(raised)
        if not self.graph.checkpointer:
            self.interrupts += [Interrupt(each.id, each.value, None, self.config, "") for each in raised]

    def history(self, turn: Turn) -> History:
        """The conversation as the client has it, edits included."""
        history = History(filter(is_shown, self.messages))
        ids = {message.id for message in self.messages}
        is_edited = any(getattr(command, "sourceId", None) is not None for command in turn.commands)
        if not is_edited and not any(str(message.get("id")) in ids for message in turn.transcript.messages):
            # A client without the thread's messages, as after a page reload, continues the thread as it is kept.
            for message in filter(is_shown, self.messages):
                history.add(message)
        for state_message in turn.transcript.messages:
            history.add_state_message(state_message)
        return history

    def new_messages(self, messages: Sequence[BaseMessage]) -> list[BaseMessage]:
        """Those of `messages` that the thread does not have."""
        ids = {message.id for message in self.messages}
        return [message for message in messages if message.id not in ids]

    def input_messages(self, messages: list[BaseMessage]) -> list[BaseMessage]:
        """The input that makes the thread's messages `messages`; its system prompts stay."""
        wanted = [*(message for message in self.messages if not is_shown(message)), *messages]
        ids = [message.id for message in self.messages]
        # A thread that stopped within a step shows that step's messages, but a new input drops them.
        if not self.is_within_step and [message.id for message in wanted[: len(ids)]] == ids:
            return wanted[len(ids) :]
        return [RemoveMessage(id=REMOVE_ALL_MESSAGES), *wanted]

    def new_results(self, transcript: Transcript, server_tools: set[str]) -> list[ToolMessage]:
        """The results of the client's own tools that the thread does not have."""
        calls = [call for message in self.messages if isinstance(message, AIMessage) for call in message.tool_calls]
        answered = {message.tool_call_id for message in self.messages if isinstance(message, ToolMessage)}
        missing = {call["id"] for call in calls if call["name"] not in server_tools} - answered
        messages = (read_message(message) for message in transcript.messages)
        return [each for each in messages if isinstance(each, ToolMessage) and each.tool_call_id in missing]

    def count_new_user_messages(self, transcript: Transcript) -> int:
        """How many messages of the user's at the conversation's end the thread does not have."""
        ids = {message.id for message in self.messages}
        count = 0
        for message in reversed(transcript.messages):
            if not transcript.is_user_message(message) or str(message.get("id")) in ids:
                break
            count += 1
        return count
