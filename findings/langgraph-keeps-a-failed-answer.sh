#!/usr/bin/env bash
# langgraph 1.2.22: the answer to an interrupt on which a node failed is given to that node again.
#
# Guess: a resume that raises leaves the interrupt pending, and the next resume's answer is the one that counts.
# Behaviour: the interrupt is pending, as guessed, but the failed answer is stored with its task. The next resume has
#   the task read the first answer again, and it fails again, whatever was answered.
# Seen:
#   answers that the node was given: ['the 31st of June', 'the 31st of June']
#   still pending: ['Which day?']
set -euo pipefail
# shellcheck source=findings/with_python.sh
source "$(dirname "$0")/with_python.sh" langgraph==1.2.22

seen=$("$python" - <<'PYTHON'
import asyncio
from typing import TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

given = []


class State(TypedDict, total=False):
    day: str


async def book(state: State) -> State:
    day = interrupt("Which day?")
    given.append(day)
    if day == "the 31st of June":
        raise ValueError(day)
    return {"day": day}


async def main() -> None:
    graph = StateGraph(State).add_node(book).add_edge(START, "book").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({}, thread)
    for answer in ("the 31st of June", "the 30th of June"):
        [pending] = (await graph.aget_state(thread)).interrupts
        try:
            await graph.ainvoke(Command(resume={pending.id: answer}), thread)
        except ValueError:
            pass
    print("answers that the node was given:", given)
    print("still pending:", [each.value for each in (await graph.aget_state(thread)).interrupts])


asyncio.run(main())
PYTHON
)
echo "$seen"
expected="answers that the node was given: ['the 31st of June', 'the 31st of June']
still pending: ['Which day?']"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }
