"""Load: clients that chat through nginx continuously, and resume whatever is cut off."""

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException

from tests.wire import Client, Reply, message

DEADLINE_SECONDS = 15.0  # from a failure until the reply has ended in any way
TEXT = "Tell me something that takes a little while to say, please."


@dataclass
class Load:
    """`workers` threads that each hold `runs` conversations, one after the other (0: until `stop` is set)."""

    client: Client
    workers: int
    runs: int = 0
    leaving: bool = False  # every other client disconnects during the reply and comes back
    outcomes: Counter[str] = field(default_factory=Counter)
    recoveries: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._work) for _ in range(self.workers)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        done = 0
        while not self.stop.is_set() and (self.runs == 0 or done < self.runs):
            try:
                outcome = self._converse(leaves=self.leaving and done % 2 == 1)
            except Exception as error:
                outcome = f"unexpected {error!r}"
            self.outcomes[outcome] += 1
            done += 1

    def _converse(self, *, leaves: bool) -> str:
        """One run; a client that `leaves` disconnects during the reply and comes back."""
        headers = {"X-Client-Id": secrets.token_urlsafe(24)}
        failed: float | None = None
        run_id: str | None = None
        refused = False
        while failed is None or time.monotonic() - failed < DEADLINE_SECONDS:
            reply: Reply | None = None
            try:
                if run_id is None:
                    reply = self.client.send(message(TEXT), headers=headers, threadId="t", state={"messages": []})
                else:
                    reply = self.client.post("/resume", {"commands": [], "runId": run_id}, **headers)
                if reply.status == 200:
                    run_id = reply.headers["X-Run-Id"]
                    if leaves:
                        leaves = False
                        for _ in zip(range(5), reply.frames(), strict=False):
                            pass
                        raise ConnectionAbortedError
                    outcome = self._read(reply)
                    self._recovered(failed)
                    return outcome + " after a resume" * bool(failed) + ", refused first" * refused
                if reply.status == 404:
                    self._recovered(failed)
                    return "404"
                assert reply.status == 503, (reply.status, reply.body())
                assert reply.json()["error"]
                refused = refused or run_id is None
                failed = failed or (time.monotonic() if run_id else None)
                time.sleep(0.2)
            except (OSError, HTTPException):
                failed = failed or time.monotonic()
                time.sleep(0.1)
            finally:
                if reply is not None:
                    reply.close()
        return "hangs"

    def _read(self, reply: Reply) -> str:
        state, errors = reply.follow({"messages": []})
        if errors:
            assert errors[0].endswith((".", ")"))
            return "an error frame"
        text = "".join(part["text"] for part in state["messages"][-1]["parts"])
        assert state.get("provider") == "completed", (reply.headers["X-Run-Id"], state)
        assert "That is 11 words and 59 characters" in text, text
        assert text.endswith("or for code."), text
        return "whole"

    def _recovered(self, failed: float | None) -> None:
        if failed is not None:
            self.recoveries.append(time.monotonic() - failed)
