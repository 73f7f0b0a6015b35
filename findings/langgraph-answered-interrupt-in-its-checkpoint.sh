#!/usr/bin/env bash
# langgraph 1.2.22: a checkpoint that is asked for by its id shows an answered interrupt as pending.
#
# Guess: `StateSnapshot.interrupts` lists what waits for an answer, for an earlier checkpoint what waited and was not
#   answered: its task has a result by then.
# Behaviour: asked by the id of the checkpoint at which it stopped, the interrupt is listed for ever, and `next` names
#   its node, although the same snapshot's task holds the result that the answer led to. Only the latest snapshot, asked
#   without an id, tells whether something waits.
# Seen:
#   the latest snapshot: 0 interrupts, next ()
#   by the checkpoint's id: 1 interrupts, next ('ask',), the task's result {'said': 'yes'}
set -euo pipefail
# shellcheck source=findings/with_python.sh
source "$(dirname "$0")/with_python.sh" langgraph==1.2.22

seen=$("$python" - <<'PYTHON'
import asyncio
from typing import TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt


class State(TypedDict, total=False):
    said: str


async def ask(state: State) -> State:
    return {"said": interrupt("Shall I?")}


async def main() -> None:
    graph = StateGraph(State).add_node(ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({}, thread)
    waiting = await graph.aget_state(thread)
    await graph.ainvoke(Command(resume="yes"), thread)
    latest, earlier = await graph.aget_state(thread), await graph.aget_state(waiting.config)
    print(f"the latest snapshot: {len(latest.interrupts)} interrupts, next {latest.next}")
    print(
        f"by the checkpoint's id: {len(earlier.interrupts)} interrupts, next {earlier.next}, "
        f"the task's result {earlier.tasks[0].result}"
    )


asyncio.run(main())
PYTHON
)
echo "$seen"
expected="the latest snapshot: 0 interrupts, next ()
by the checkpoint's id: 1 interrupts, next ('ask',), the task's result {'said': 'yes'}"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }
