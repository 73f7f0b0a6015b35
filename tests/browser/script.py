"""Tells the scripted assistant (tests/fixtures/acme/pages.py) what to reply to a message, and when."""

from typing import Any

from tests.wire import Client


class Script:
    """The reply to one message, by the message's text."""

    def __init__(self, client: Client, to: str) -> None:
        self._client = client
        self._to = to

    def text(self, text: str) -> "Script":
        return self._write({"text": text})

    def tokens(self, tokens: list[str], every: float) -> "Script":
        """Pieces of text, one `every` so many seconds."""
        return self._write({"tokens": tokens, "every": every})

    def reasoning(self, text: str) -> "Script":
        return self._write({"reasoning": text})

    def call(self, name: str, args: dict[str, Any], **outcome: Any) -> "Script":
        """A tool call; without a `result` it stays unanswered."""
        outcome = {"is_error": False, **outcome} if "result" in outcome else {}
        return self._write({"call": name, "args": args, **outcome})

    def result(self, of: str, result: Any) -> "Script":
        """The result of an earlier call of the tool `of`."""
        return self._write({"result": result, "of": of})

    def source(self, url: str, title: str) -> "Script":
        return self._write({"source": [url, title]})

    def file(self, data: str, mime_type: str, name: str) -> "Script":
        return self._write({"file": [data, mime_type, name]})

    def usage(self, taken: int, written: int) -> "Script":
        return self._write({"usage": [taken, written]})

    def measure_images(self) -> "Script":
        """The reply states the images that have arrived."""
        return self._write({"measure": True})

    def name_model(self) -> "Script":
        """The reply states the model that was asked for."""
        return self._write({"model": True})

    def apologise(self, text: str) -> None:
        self._write({"apology": text})

    def fail(self) -> None:
        self._write({"fail": True})

    def end(self) -> None:
        self._write({"end": True})

    def await_cancelled(self) -> None:
        """Returns once the server has cancelled the reply."""
        self._send({"type": "await-cancelled", "to": self._to})

    def _write(self, step: dict[str, Any]) -> "Script":
        self._send({"type": "write", "to": self._to, "steps": [step]})
        return self

    def _send(self, command: dict[str, Any]) -> None:
        _, errors = self._client.send(command).follow()
        assert not errors
