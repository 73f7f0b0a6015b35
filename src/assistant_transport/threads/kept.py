"""One kept thread while a run is on it: what changed is gathered here, in the event loop's thread."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from assistant_transport.callers import Caller
from assistant_transport.conf import settings
from assistant_transport.http.thread_store import RunReport
from assistant_transport.runs import Changes, StateDocument, Status
from assistant_transport.runs.strict_json import encode_stored
from assistant_transport.threads.loading import INTERRUPTED, Loaded, transcript_of
from assistant_transport.threads.saving import Save
from assistant_transport.transcript import TranscriptError


def record_of(owner: str, report: RunReport, begun: datetime) -> dict[str, Any]:
    """The fields of a run's record."""
    run = report.run
    is_running = run.status is Status.RUNNING
    failed = run.exceeded or run.reason or ("other" if run.status is Status.ERROR else "")
    return {
        "owner": owner,
        "key": report.key,
        "assistant": report.assistant,
        "begun": begun,
        "seconds": None if is_running else run.seconds,
        "outcome": run.status.value,
        "reason": failed,
        "input_tokens": report.usage.input_tokens,
        "output_tokens": report.usage.output_tokens,
        "cached_tokens": report.cached_tokens,
        "model": report.model.replace("\0", ""),
    }


class Kept:
    """A thread that one run has claimed.

    Args:
        loaded: as it is stored.
        put: hands what changed to the writer; the second argument is called once it is stored, or given up.
        layout: of its messages, `parts` or `langchain`.
        running: the threads of this process that have a run; it adds itself, and leaves when the run has ended.
    """

    def __init__(
        self,
        caller: Caller,
        loaded: Loaded,
        layout: str,
        put: Callable[[Save, Callable[[], object]], None],
        running: set["Kept"],
    ) -> None:
        self.state = loaded.state
        self.ids = loaded.ids
        self.handle = loaded.handle
        self._caller, self._layout, self._put, self._running = caller, layout, put, running
        self._branch = loaded.branch
        self._changes = Changes()
        self._keeps_calls = False
        self._begun = timezone.now()

    def watch(self, document: StateDocument) -> None:
        """See KeptThread."""
        self._document = document
        document.changes = self._changes

    def begin(self, report: RunReport, *, keeps_calls: bool) -> None:
        """See KeptThread."""
        self._keeps_calls = keeps_calls
        self._running.add(self)
        report.run.stored = asyncio.get_running_loop().create_future()
        self._put(self._save(record=record_of(self._caller.owner, report, self._begun)), lambda: None)

    def changed(self) -> Save | None:
        """What has changed since it was last asked for; None where nothing has."""
        save = self._save()
        return save if save.rows or save.rest is not None else None

    def end(self, report: RunReport) -> None:
        """See KeptThread."""
        self._running.discard(self)
        stored = report.run.stored
        if report.run.status is not Status.DONE and not self._keeps_calls:
            with suppress(TranscriptError):  # an assistant's own state may be of any form
                transcript_of(self._document.value, self._layout).close_calls(INTERRUPTED)
                self._changes.all = True
        save = self._save(is_final=True, record=record_of(self._caller.owner, report, self._begun))
        self._put(save, lambda: stored.set_result(None) if stored is not None and not stored.done() else None)

    def _save(self, *, is_final: bool = False, record: Mapping[str, Any] | None = None) -> Save:
        changes, value = self._changes, self._document.value
        all_changed, rest_changed, indexes = changes.all, changes.rest, changes.take()
        messages = _messages(value)
        if all_changed:
            rows = self._branch.replace(messages, is_final=is_final)
        else:
            rows = self._branch.update(messages, indexes, is_final=is_final)
        rest = {key: item for key, item in value.items() if key != "messages"} if isinstance(value, dict) else {}
        return Save(
            self.handle,
            rows,
            self._branch.head,
            encode_stored(rest) if all_changed or rest_changed else None,
            None if is_final else timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS),
            record,
        )


def _messages(value: Any) -> list[dict[str, Any]]:
    """The messages of a state, which an assistant's own writes may have given any form."""
    messages = value.get("messages") if isinstance(value, dict) else None
    return messages if isinstance(messages, list) and set(map(type, messages)) <= {dict} else []
