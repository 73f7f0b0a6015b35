"""Asks a model once for a response: again where that may help, as long as nothing of an answer has come."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assistant_transport.assistants.llm import conversation
from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.failures import Failure, ModelRequestError, failure, of_response
from assistant_transport.assistants.llm.formats import ModelRequest, StreamReader
from assistant_transport.assistants.llm.http import BrokenError, Response, SilentError, UnreachableError
from assistant_transport.assistants.llm.jsontext import parse
from assistant_transport.assistants.llm.providers import Provider
from assistant_transport.assistants.llm.refused_fields import LIMITS, refused_fields
from assistant_transport.assistants.llm.sse import EventParser, EventTooLargeError
from assistant_transport.assistants.llm.writing import Writing
from assistant_transport.conf import settings

logger = logging.getLogger(__name__)

_MOST_OF_AN_ERROR = 65536
_MOST_OF_A_DOCUMENT = 16 * 1024 * 1024
_IMAGE_NOTE = "(The model cannot see images. It answers without them.)\n\n"


class Asking:
    """The way of one reply to its model.

    Attributes:
        request_id: What the provider calls the last request.
    """

    def __init__(self, provider: Provider, writing: Writing) -> None:
        self._provider = provider
        self._writing = writing
        self._left_out: set[str] = set()
        self.request_id: str | None = None

    async def response(self, request: ModelRequest) -> list[StreamedCall]:
        """Writes the model's response and returns the calls in it.

        Raises:
            ModelRequestError
        """
        try:
            async with asyncio.timeout(settings.PROVIDER_FIRST_TOKEN_SECONDS) as patience:
                return await self._attempts(request, lambda: patience.reschedule(None))
        except TimeoutError:
            raise ModelRequestError(failure("timeout")) from None

    async def _attempts(self, request: ModelRequest, on_first_token: Callable[[], None]) -> list[StreamedCall]:
        attempt = 0
        while True:
            request = self._fitting(request)
            try:
                return await self._attempt(request, on_first_token)
            except ModelRequestError as error:
                if self._writing.has_begun:
                    raise
                if self._learns(error, request):
                    continue
                delay = error.failure.retry_delay(attempt) if attempt < settings.PROVIDER_RETRIES else None
                if delay is None:
                    raise
            attempt += 1
            await asyncio.sleep(delay)

    def _fitting(self, request: ModelRequest) -> ModelRequest:
        """The request without what the model does not take."""
        without = self._provider.without(request.model) | self._left_out
        request = replace(request, without=without, tools=() if "tools" in without else request.tools)
        if "images" in without and conversation.has_image(request.conversation):
            if not conversation.has_said(request.conversation, _IMAGE_NOTE.strip()):
                self._writing.say(_IMAGE_NOTE)
            request = replace(request, conversation=conversation.without_images(request.conversation))
        return request

    async def _attempt(self, request: ModelRequest, on_first_token: Callable[[], None]) -> list[StreamedCall]:
        provider, writing = self._provider, self._writing
        body = self._body(request)
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        writing.begin_response(on_first_token)
        writing.requests += 1
        reader = provider.format.reader(writing)
        try:
            client, path = provider.client, provider.format.path
            async with client.post(path, data, settings.PROVIDER_TIMEOUT_SECONDS) as response:
                self._note_id(response)
                if not 200 <= response.status < 300:
                    raise await self._refusal(response, body)
                try:
                    await self._read(response, reader)
                except BrokenError:
                    if reader.finish is None:  # else the whole answer had come
                        raise
            writing.end_response()
            reader.check()
            return writing.finish_calls()
        except (UnreachableError, BrokenError, SilentError, EventTooLargeError) as error:
            reason = {UnreachableError: "unreachable", BrokenError: "broke_off", SilentError: "timeout"}
            raise ModelRequestError(failure(reason.get(type(error), "malformed"), message=str(error))) from error
        finally:
            writing.end_response()
            writing.count(reader.input_tokens, reader.output_tokens, reader.cached_tokens)

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        return {
            name: value for name, value in self._provider.format.body(request).items() if name not in request.without
        }

    def _note_id(self, response: Response) -> None:
        names = ("x-request-id", "request-id", "x-litellm-call-id")
        found = next((response.headers[name] for name in names if response.headers.get(name)), None)
        self.request_id = found and found[:100]

    async def _refusal(self, response: Response, sent: dict[str, Any]) -> ModelRequestError:
        """What to raise for an answer that is no success."""
        try:
            body = await response.read_up_to(_MOST_OF_AN_ERROR)
        except (BrokenError, SilentError):
            body = b""  # the status still says something
        error = RefusedError(self._failure(response, body))
        if response.status in (400, 422):
            error.fields = refused_fields(body, sent)
        return error

    def _failure(self, response: Response, body: bytes) -> Failure:
        address = self._provider.client.url + self._provider.format.path
        return of_response(response.status, response.headers, body, address=address)

    async def _read(self, response: Response, reader: StreamReader) -> None:
        """Reads an answer to its end: a stream, or a whole answer of a server that does not stream."""
        parser = EventParser()
        read, feed, take = response.read, parser.feed, reader.take
        is_stream = "event-stream" in response.headers.get("content-type", "")
        head = b""  # as long as no event has come
        has_events = False
        while chunk := await read():
            if not has_events:
                head += chunk
                if not is_stream and head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
                    head += await response.read_up_to(_MOST_OF_A_DOCUMENT)
                    break
            for name, data in feed(chunk):
                has_events = True
                take(name, data)
            if reader.has_ended:
                return
        for name, data in parser.rest():
            has_events = True
            if data.endswith((b"}", b"]")):  # whole, although the empty line after it is missing
                take(name, data)
        if not has_events:
            self._read_document(response, head, reader)

    def _read_document(self, response: Response, data: bytes, reader: StreamReader) -> None:
        try:
            document = parse(data.removeprefix(b"\xef\xbb\xbf"))
        except ValueError:
            document = None
        if not isinstance(document, dict) or document.get("error"):
            raise ModelRequestError(self._failure(response, data))
        reader.read_document(document)
        if not reader.has_ended:
            raise ModelRequestError(self._failure(response, data))

    def _learns(self, error: ModelRequestError, request: ModelRequest) -> bool:
        """Whether the refusal says what to leave out, which was not known before."""
        refused = error.fields if isinstance(error, RefusedError) else set()
        if error.failure.reason == "no_images" and conversation.has_image(request.conversation):
            refused = refused | {"images"}
        new = refused - request.without
        if not LIMITS.isdisjoint(new) and LIMITS.isdisjoint(
            self._body(replace(request, without=request.without | new))
        ):
            new -= LIMITS  # a request that had a limit is never sent without one
        if not new:
            return False
        if self._provider.is_official and "images" in new:  # it is one image that is refused, not all
            self._left_out.add("images")
            return True
        self._provider.refused.setdefault(request.model, set()).update(new)
        logger.warning(
            "The model %s of %s does not take %s, which is left out from now on; PROVIDER_OMIT=%s saves the attempt",
            request.model,
            self._provider.name,
            ", ".join(sorted(new)),
            ",".join(sorted(new)),
        )
        return True


class RefusedError(ModelRequestError):
    """A server refused a request, maybe for fields that it does not know."""

    def __init__(self, found: Failure) -> None:
        super().__init__(found)
        self.fields: set[str] = set()
