"""`python -m benchmarks.provider FORMAT`: a stub provider that writes the conversation's replies.

It prints, as JSON, the settings with which a server uses it.
"""

import json
import sys
import threading

from benchmarks.conversation import PAUSE, TOKEN, TOKENS
from tests.providers import FORMATS, Answer, Say, Stub, answer
from tests.providers.stub import Request


def react(request: Request) -> Answer:
    kind = str(request.conversation[-1][1])
    return answer(Say([TOKEN] * TOKENS[kind]), pause=PAUSE[kind])


if __name__ == "__main__":
    stub = Stub(react)
    print(json.dumps(FORMATS[sys.argv[1]].environment(stub.url)), flush=True)
    threading.Event().wait()
