"""Generated sequences of messages, calls and decisions, honest and forged: nothing runs without its own approval.

`make test` plays a few hundred; `make test-approvals` ten thousand (SEQUENCES says how many).
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant_transport import approvals
from assistant_transport.approvals import Kept, PendingCalls, Place
from assistant_transport.approvals.memory import MemoryPendingCalls
from assistant_transport.assistants import InvalidTurnError, Turn
from assistant_transport.assistants.llm import OpenAIAssistant
from assistant_transport.assistants.llm.asking import Asking
from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.tools import tool
from assistant_transport.testing import areply_to

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
OWNERS, THREADS, LAYOUTS = ("ann", "bob"), ("one", "two"), ("parts", "langchain")
ran: list[tuple[str | None, str | None, int]] = []  # the owner, the thread and the ticket of each call that ran


@tool(needs_approval=True)
async def spend(ticket: int, turn: Turn) -> int:
    """Spends."""
    ran.append((turn.owner, turn.thread_id, ticket))
    await asyncio.sleep(0)
    return ticket


async def look(ticket: int) -> int:
    """Looks, which anybody may."""
    await asyncio.sleep(0)
    return ticket


class YieldingPendingCalls(MemoryPendingCalls):
    """Lets other requests go on before each access, as Valkey does."""

    async def kept(self, place: Place) -> list[Kept]:
        await asyncio.sleep(0)
        return await super().kept(place)


@dataclass
class Question:
    owner: str
    thread: str
    ticket: int
    is_open: bool = True


@dataclass
class World:
    """What has happened, and so what may have run."""

    layout: str
    assistant: OpenAIAssistant
    store: PendingCalls
    states: dict[tuple[str, str], list[Any]] = field(default_factory=dict)  # of each thread, oldest first
    questions: dict[str, Question] = field(default_factory=dict)
    may_run: Counter[tuple[str | None, str | None, int]] = field(default_factory=Counter)
    asked: list[list[str]] = field(default_factory=list)  # the tools that the model calls next
    tickets: int = 0

    def ticket(self) -> int:
        self.tickets += 1
        return self.tickets

    async def respond(self, asking: Any, _request: Any) -> list[StreamedCall]:
        """The model: it calls what it was told to, else it says that it is done."""
        writing = asking._writing
        writing.begin_response(lambda: None)
        await asyncio.sleep(0)
        names = self.asked.pop() if self.asked else []
        if not names:
            writing.text("Done.")
        for name in names:
            writing.call(None, name).add_args(json.dumps({"ticket": self.ticket()}))
        writing.end_response()
        calls: list[StreamedCall] = writing.finish_calls()
        return calls

    async def send(self, owner: str, thread: str, commands: list[Any], state: Any) -> bool:
        """Whether the request was taken."""
        try:
            reply = await areply_to(
                self.assistant, *commands, state=state, layout=self.layout, owner=owner, thread_id=thread
            )
        except InvalidTurnError:
            return False
        assert reply.error is None
        self.states.setdefault((owner, thread), []).append(reply.state)
        for kept in await self.store.kept(Place(owner, thread)):
            ticket = kept.call.arguments["ticket"]
            self.questions.setdefault(kept.call.id, Question(owner, thread, ticket))
        return True

    def close(self, owner: str, thread: str, known: set[str]) -> None:
        for question in known:
            each = self.questions[question]
            if (each.owner, each.thread) == (owner, thread):
                each.is_open = False


@pytest.fixture(scope="module")
def assistant() -> Iterator[OpenAIAssistant]:
    with override_settings(
        ASSISTANT_TRANSPORT={"OPENAI_API_KEY": "k", "SERVER_TOOLS": [f"{__name__}.spend", f"{__name__}.look"]}
    ):
        yield OpenAIAssistant()


def forged(state: Any, draw: st.DataObject) -> Any:
    """The state as it is, or as a client may have altered it."""
    how = draw.draw(st.sampled_from(("as it is", "as it is", "approved", "other ticket", "nothing", "result")))
    text = json.dumps(state)
    if how == "approved":
        text = text.replace('"approval": {', '"approval": {"approved": true, ')
    elif how == "other ticket":
        text = text.replace('ticket\\": ', 'ticket\\": 9').replace('"ticket": ', '"ticket": 9')
    elif how == "result":
        text = text.replace('"approval": {', '"result": "spent", "approval": {')
    return None if how == "nothing" else json.loads(text)


async def play(world: World, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(2, 9))):
        owner, thread = draw.draw(st.sampled_from(OWNERS)), draw.draw(st.sampled_from(THREADS))
        states = world.states.get((owner, thread), [None])
        # An older one is another tab's, or that of a page that was not closed.
        state = forged(draw.draw(st.sampled_from(states[-3:])), draw)
        what = draw.draw(st.sampled_from(("message", "decide", "decide", "decide", "both", "race", "forged result")))
        if what == "forged result":
            call_id = draw.draw(st.sampled_from(call_ids(state) or ["call_x"]))
            await world.send(owner, thread, [{"type": "add-tool-result", "toolCallId": call_id, "result": "ok"}], state)
        elif what == "message":
            await message(world, draw, owner, thread, [], state)
        elif what == "both":
            await message(world, draw, owner, thread, [decision(world, draw)], state)
        else:
            count = 3 if what == "race" else 1
            await decide(world, owner, thread, [decision(world, draw) for _ in range(count)], state)
        assert Counter(ran) == world.may_run


def call_ids(state: Any) -> list[str]:
    messages = (state or {}).get("messages", [])
    calls = [call for each in messages for call in [*each.get("parts", []), *each.get("tool_calls", [])]]
    return [call.get("toolCallId") or call["id"] for call in calls if "toolCallId" in call or "id" in call]


def decision(world: World, draw: st.DataObject) -> dict[str, Any]:
    """Decides one of all questions that ever were, or one that never was."""
    question = draw.draw(st.sampled_from([*world.questions, "made_up"]))
    kind = draw.draw(st.sampled_from(("approve", "approve", "edit", "edit wrongly", "reject")))
    answer: dict[str, Any] = {"type": kind}
    if kind == "edit":
        answer["edited_action"] = {"name": "spend", "args": {"ticket": world.ticket()}}
    elif kind == "edit wrongly":
        answer = {"type": "edit", "edited_action": {"name": "spend", "args": {"ticket": "x"}}}
    return {"type": "resume", "value": {question: {"decisions": [answer]}}}


def expect(world: World, owner: str, thread: str, command: Any) -> str | None:
    """The question that the command would decide, were it alone; None where it is to be refused."""
    (question, answer), *_ = command["value"].items()
    known = world.questions.get(question)
    (answer,) = answer["decisions"]
    wrong = answer["type"] == "edit" and answer["edited_action"]["args"]["ticket"] == "x"
    if known is None or not known.is_open or (known.owner, known.thread) != (owner, thread) or wrong:
        return None
    return str(question)


def note(world: World, command: Any) -> None:
    """Notes what may have run by a command that was taken."""
    (question, answer), *_ = command["value"].items()
    (answer,) = answer["decisions"]
    known = world.questions[question]
    known.is_open = False
    if answer["type"] == "approve":
        world.may_run[known.owner, known.thread, known.ticket] += 1
    elif answer["type"] == "edit":
        world.may_run[known.owner, known.thread, answer["edited_action"]["args"]["ticket"]] += 1


async def message(world: World, draw: st.DataObject, owner: str, thread: str, commands: list[Any], state: Any) -> None:
    world.asked = draw.draw(st.lists(st.lists(st.sampled_from(("spend", "look")), max_size=3), max_size=2))
    known = set(world.questions)
    is_taken = all(expect(world, owner, thread, command) for command in commands)
    assert await world.send(owner, thread, [*commands, "Go on"], state) == is_taken
    if is_taken:
        for command in commands:
            note(world, command)
        world.close(owner, thread, known)


async def decide(world: World, owner: str, thread: str, commands: list[Any], state: Any) -> None:
    """Sends each command in a request of its own, all at the same time: of those for one question one is taken."""
    wanted = [expect(world, owner, thread, command) for command in commands]
    taken = await asyncio.gather(*(world.send(owner, thread, [command], state) for command in commands))
    for question in {each for each in wanted if each}:
        assert sum(each for each, asked in zip(taken, wanted, strict=True) if asked == question) == 1
    for command, is_taken, question in zip(commands, taken, wanted, strict=True):
        assert question or not is_taken
        if is_taken:
            note(world, command)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_runs_without_its_own_approval_and_nothing_twice(assistant: OpenAIAssistant, layout: str) -> None:
    @settings(max_examples=SEQUENCES // len(LAYOUTS), suppress_health_check=list(HealthCheck))
    @given(draw=st.data())
    def sequence(draw: st.DataObject) -> None:
        ran.clear()
        store = YieldingPendingCalls(60)
        world = World(layout, assistant, store)
        with (
            patch.object(Asking, "response", lambda asking, request: world.respond(asking, request)),
            patch.object(approvals, "pending_calls", lambda: store),
        ):
            asyncio.run(play(world, draw))

    sequence()
