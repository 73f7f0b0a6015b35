#!/usr/bin/env bash
# deepagents 0.7.32 (langgraph 1.2.24): a checkpoint's values have no messages.
#
# Guess: what a checkpointer returns of a deep agent's thread has the messages in its `channel_values`, as it has those of
#   an agent of langchain's `create_agent`, on which `create_deep_agent` is built.
# Behaviour: deepagents keeps `messages` in a DeltaChannel, of which a checkpoint has nothing: they are in the writes of all
#   checkpoints before it. Only the graph's own `get_state` puts them together.
# Seen:
#   create_agent: 2 messages by get_state, 2 in the checkpoint
#   create_deep_agent: 2 messages by get_state, 0 in the checkpoint
set -euo pipefail
# shellcheck source=findings/with_python.sh
source "$(dirname "$0")/with_python.sh" deepagents==0.7.32 langchain==1.5.2 langchain-core==1.8.3 langgraph==1.2.24

seen=$("$python" - <<'PYTHON'
from deepagents import create_deep_agent
from langchain.agents import create_agent
from langchain_core.language_models import FakeListChatModel
from langgraph.checkpoint.memory import InMemorySaver


class Model(FakeListChatModel):
    def bind_tools(self, tools, **settings):
        return self


thread = {"configurable": {"thread_id": "1"}}
for create in (create_agent, create_deep_agent):
    checkpointer = InMemorySaver()
    agent = create(Model(responses=["Hello."]), checkpointer=checkpointer)
    agent.invoke({"messages": [("user", "Hi")]}, thread)
    by_state = agent.get_state(thread).values["messages"]
    kept = checkpointer.get_tuple(thread).checkpoint["channel_values"].get("messages", [])
    print(f"{create.__name__}: {len(by_state)} messages by get_state, {len(kept)} in the checkpoint")
PYTHON
)
echo "$seen"
expected="create_agent: 2 messages by get_state, 2 in the checkpoint
create_deep_agent: 2 messages by get_state, 0 in the checkpoint"
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }
