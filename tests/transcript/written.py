"""The state that a client has after a transcript was written."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from assistant_transport.runs import Controller
from assistant_transport.transcript import LAYOUTS, Transcript
from tests.runs.carry import carry


def written(layout: str, write: Callable[[Transcript], None], before: Any = None) -> Any:
    """The state as the client has it after `write`, without the messages' ids, which must be there and unique."""

    async def assistant(controller: Controller) -> None:
        write(LAYOUTS[layout](controller.document))
        await asyncio.sleep(0)

    copy = json.loads(json.dumps(before))
    run, reply = carry(assistant, before)
    state, errors = reply.follow(copy)
    assert not errors
    assert state == run.controller.document.value
    ids = [message.pop("id") for message in state["messages"]]
    assert all(isinstance(name, str) for name in ids)
    assert len(set(ids)) == len(ids)
    return state
