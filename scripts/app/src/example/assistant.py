"""Answers by the tools, without a model: ASSISTANT=example.assistant.Assistant"""

from assistant_transport.assistants import BaseAssistant, Turn
from example.tools import add_item, list_items


class Assistant(BaseAssistant):
    """Keeps what the user writes, and lists what there is."""

    async def reply(self, turn: Turn) -> None:
        if turn.text is None:
            return
        message = turn.transcript.assistant_message()
        call = message.add_tool_call("add_item", {"text": turn.text})
        call.set_result(await add_item(turn, turn.text))
        call = message.add_tool_call("list_items", {})
        items = await list_items(turn)
        call.set_result(items)
        message.append_text("You have kept:\n")
        for item in items:
            message.append_text(f"\n- {item}")
