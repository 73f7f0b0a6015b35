"""A chat whose model calls tools that a person decides, and what both layouts show of that."""

from pathlib import Path
from typing import Any

from tests.assistants.llm.conftest import Chat
from tests.providers import Use
from tests.server import ROOT
from tests.wire import Client, Reply, message

ME = "7f0d3a52-4c1e-4d0a-9a53-0b9a1c2d3e4f"
OTHER = "0b9a1c2d-4c1e-4d0a-9a53-7f0d3a523e4f"
THREAD = "purchases"
PAY = Use("pay", ['{"to": "Ann", ', '"amount": 5}'], id="call_p")
TOOLS = {
    "SERVER_TOOLS": "calculate,acme.payments.pay,acme.payments.refund,acme.payments.transfer",
    "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}",
}


def approve() -> dict[str, Any]:
    return {"type": "approve"}


def reject(reason: str | None = None) -> dict[str, Any]:
    return {"type": "reject"} | ({} if reason is None else {"message": reason})


def edit(name: str, **args: Any) -> dict[str, Any]:
    return {"type": "edit", "edited_action": {"name": name, "args": args}}


def decide(**by_question: Any) -> dict[str, Any]:
    return {"type": "resume", "value": {question: {"decisions": [each]} for question, each in by_question.items()}}


class Payer:
    """A client with a name of its own, on one thread."""

    def __init__(self, chat: Chat, payments: Path, client: Client | None = None, me: str | None = ME) -> None:
        self.chat = chat
        self.client = client or chat.client
        self.payments = payments
        self.headers = {} if me is None else {"X-Client-Id": me}
        self.thread: str | None = THREAD

    def send(self, *commands: Any, state: Any = None, **fields: Any) -> Reply:
        threaded = {} if self.thread is None else {"threadId": self.thread}
        return self.client.send(*commands, state=state, headers=self.headers, **threaded, **fields)

    def say(self, text: str, state: Any = None, **fields: Any) -> Any:
        return self._followed(self.send(message(text), state=state, **fields), state)

    def decide(self, state: Any, **by_question: Any) -> Any:
        return self._followed(self.send(decide(**by_question), state=state), state)

    def refused(self, state: Any, **by_question: Any) -> tuple[int, str]:
        """The status and the code of a decision that does not count."""
        reply = self.send(decide(**by_question), state=state)
        return reply.status, reply.json()["code"]

    def questions(self, state: Any) -> list[str]:
        """The ids of what waits."""
        if self.chat.layout == "langchain":
            return [interrupt["id"] for interrupt in state.get("__interrupt__", [])]
        return [each["id"] for each in self.approvals(state) if "approved" not in each]

    def approvals(self, state: Any) -> list[Any]:
        """What stands beside the calls, in their order."""
        key = "parts" if self.chat.layout == "parts" else "tool_calls"
        calls = [call for message in state["messages"] for call in message.get(key, [])]
        return [call["approval"] for call in calls if "approval" in call]

    def paid(self) -> list[str]:
        return self.payments.read_text().splitlines() if self.payments.exists() else []

    @staticmethod
    def _followed(reply: Reply, state: Any) -> Any:
        state, errors = reply.follow(state)
        assert not errors
        return state
