"""`python -m tests.providers FORMAT`: a stub for the client's tests; prints the settings of a server behind it as JSON.

Its model uses two tools, the server's and then the client's, and says what they answered; told to pay, it does that.
"""

import json
import sys
import threading

from tests.providers import FORMATS, Answer, Say, Stub, Think, Use, answer
from tests.providers.stub import Request


def react(request: Request) -> Answer:
    if [item[1] for item in request.conversation if item[0] == "user"][-1].startswith("Pay"):
        last = request.conversation[-1]
        if last[0] == "result":
            return answer(Say(["The tool said ", last[2]]))
        return answer(Use("pay", ['{"to": "Ann", ', '"amount": 5}'], id="c3"))
    results = [item[2] for item in request.conversation if item[0] == "result"]
    if not results:
        think = Think(["I need ", "a number."], signature="signed==")
        return answer(think, Say(["Let me ", "calculate."]), Use("calculate", ['{"expression": ', '"6 * 7"}'], id="c1"))
    if len(results) == 1:
        return answer(Use("get_weather", ['{"city"', ': "Paris"}'], id="c2"))
    return answer(Say(["The tools ", "said ", " and ".join(results)]))


if __name__ == "__main__":
    stub = Stub(react)
    print(json.dumps(FORMATS[sys.argv[1]].environment(stub.url)), flush=True)  # noqa: T201
    threading.Event().wait()
