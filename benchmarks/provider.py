"""`python -m benchmarks.provider FORMAT`: a stub provider that writes the conversation's replies.

It prints, as JSON, the settings with which a server uses it.
"""

import json
import sys
import threading
from collections.abc import Iterator

import uvloop

from benchmarks.conversation import PACED, PAUSE, TOKEN, TOKENS, stamped_token
from tests.providers import FORMATS, Answer, Say, Stub, answer
from tests.providers.stub import Request


class Stamped(list[str]):
    """Tokens that say, in microseconds, when they were first read: as they are written."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        while len(self) < self._count:
            self.append(stamped_token())
            yield self[-1]


def react(request: Request) -> Answer:
    kind = str(request.conversation[-1][1])
    pieces = Stamped(TOKENS[kind]) if kind == PACED else [TOKEN] * TOKENS[kind]
    return answer(Say(pieces), pause=PAUSE[kind])


if __name__ == "__main__":
    stub = Stub(react, new_loop=uvloop.new_event_loop)
    print(json.dumps(FORMATS[sys.argv[1]].environment(stub.url)), flush=True)
    threading.Event().wait()
