"""What the readers of all formats' streams have in common."""

from typing import Any

from assistant_transport.assistants.llm.failures import ModelRequestError, failure, of_stream_error
from assistant_transport.assistants.llm.jsontext import parse
from assistant_transport.assistants.llm.writing import Writing

# How servers say that an answer ended otherwise than it should, in lower case. Any other word is a good end.
_FAILED = {
    "length": "output_limit", "max_tokens": "output_limit", "max_output_tokens": "output_limit",
    "model_length": "output_limit", "model_context_window_exceeded": "output_limit",
    "content_filter": "filtered", "refusal": "filtered", "safety": "filtered", "recitation": "filtered",
    "blocklist": "filtered", "prohibited_content": "filtered", "sensitive": "filtered",
    "error": "server_error", "network_error": "server_error", "insufficient_system_resource": "overloaded",
    "abort": "broke_off", "malformed_function_call": "malformed",
}  # fmt: skip


class StreamReader:
    """Reads one response: its events into `writing`, and how it ended.

    Attributes:
        has_ended: The server said that nothing follows.
        finish: The server's word for how the answer ended, if it gave one.
        input_tokens, output_tokens, cached_tokens: What the server said last; None where it did not.
    """

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.has_ended = False
        self.finish: str | None = None
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.cached_tokens: int | None = None  # of the input tokens

    def take(self, name: str, data: bytes) -> None:
        """Reads the event `name` ("" where it has none).

        Raises:
            ModelRequestError: it reports a failure, or is JSON that breaks off.
        """
        if data.strip() == b"[DONE]":  # gateways end every format's streams by it
            self.has_ended = True
            return
        try:
            event = parse(data)
        except ValueError:
            if data.startswith(b"data:") or b"\n" in data.strip():
                self._take_lines(name, data)
                return
            if name != "error" and data.lstrip()[:1] == b"{":
                raise ModelRequestError(failure("malformed")) from None
            event = data.decode("utf-8", "replace")  # a word of a gateway's
        if isinstance(event, dict):
            self.read(event, name)
        elif isinstance(event, list):  # as Gemini reports failures
            for item in event:
                if isinstance(item, dict):
                    self.read(item, name)
        elif name == "error":
            raise failed({"error": event})

    def _take_lines(self, name: str, data: bytes) -> None:
        """Reads events between which a gateway left no empty line, or before which it wrote `data:` once more."""
        for line in data.splitlines():
            line = line.removeprefix(b"data:")
            if line and not line.startswith(b"data:"):
                self.take(name, line)

    def read(self, event: dict[str, Any], name: str) -> None:
        """Reads an event's JSON."""
        raise NotImplementedError

    def read_document(self, document: dict[str, Any]) -> None:
        """Reads a whole answer, from a server that does not stream."""
        raise NotImplementedError

    def check(self) -> None:
        """Raises ModelRequestError where the answer did not end as it should."""
        if self.finish is None and not self.has_ended:
            raise ModelRequestError(failure("broke_off"))
        if (reason := _FAILED.get((self.finish or "").lower())) is not None:
            raise ModelRequestError(failure(reason))
        if not self.writing.has_text and not any(call.name for call in self.writing.calls):
            raise ModelRequestError(failure("empty"))

    def set_finish(self, word: Any) -> None:
        if word not in (None, "", "null"):
            self.finish = str(word)

    def set_usage(self, usage: Any, input_name: str, output_name: str) -> None:
        """Takes usage; what is not above 0 is not known."""
        if isinstance(usage, dict):
            self.input_tokens = tokens(usage.get(input_name)) or self.input_tokens
            self.output_tokens = tokens(usage.get(output_name)) or self.output_tokens
            details = usage.get(input_name + "_details")  # of Chat Completions and of Responses
            if isinstance(details, dict):
                self.cached_tokens = tokens(details.get("cached_tokens")) or self.cached_tokens


def tokens(value: Any) -> int:
    """A count of tokens; 0 where it is none."""
    is_count = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return int(value) if is_count and value > 0 else 0


def failed(event: Any) -> ModelRequestError:
    """What to raise for an event that reports a failure."""
    return ModelRequestError(of_stream_error(event))


def key_of(value: Any) -> int | str | None:
    """`value` if something can be looked up by it, as by an index or an id."""
    return value if isinstance(value, int | str) else None


def text_of(value: Any) -> str:
    """`value` if it is text, else nothing."""
    return value if isinstance(value, str) else ""
