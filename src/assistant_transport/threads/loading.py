"""Reads a thread for a run, and puts in order what a run whose process died has left. For the writer's thread."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from assistant_transport.callers import Caller
from assistant_transport.http.thread_store import ThreadInUseError, ThreadLayoutError
from assistant_transport.runs import Changes, StateDocument, Status
from assistant_transport.threads.models import Message, RunRecord, Thread
from assistant_transport.threads.saving import Handle, Save, save
from assistant_transport.threads.tree import Branch, Node, branch_to, searched
from assistant_transport.transcript import LAYOUTS, Transcript

INTERRUPTED = "The reply was interrupted before this call had a result."


@dataclass
class Loaded:
    """A thread as it is stored."""

    handle: Handle
    state: dict[str, Any]
    branch: Branch
    ids: frozenset[str]


class Nowhere:
    """Takes the operations of a state that no client sees."""

    def set(self, path: str, value: str) -> None: ...
    def append_text(self, path: str, text: str) -> None: ...


def transcript_of(state: Any, layout: str) -> Transcript:
    """A transcript that changes `state` and tells nobody."""
    return LAYOUTS[layout](StateDocument(state, Nowhere()))


def load(caller: Caller, name: str, layout: str, *, is_alone: bool) -> Loaded:
    """The caller's thread `name`, as a new run on it finds it.

    Args:
        layout: that this server writes.
        is_alone: no other process can have claimed the thread, so a run on it that has not ended is a dead one.

    Raises:
        ThreadInUseError, ThreadLayoutError
    """
    thread = Thread.objects.filter(owner=caller.owner, name=name).first()
    if thread is None:
        user = caller.user if isinstance(caller.user, get_user_model()) else None
        created = {"owner": caller.owner, "name": name, "layout": layout, "user_id": user.pk if user else None}
        text_of = transcript_of({"messages": []}, layout).text_of
        return Loaded(Handle(created), {"messages": []}, Branch(text_of), frozenset())
    if thread.layout != layout:
        raise ThreadLayoutError(f"it is kept in the layout {thread.layout}, and ASSISTANT_MESSAGE_FORMAT is {layout}")
    if not is_alone and thread.running_until is not None and thread.running_until > timezone.now():
        raise ThreadInUseError
    loaded = _loaded(thread)
    if thread.running_until is not None:
        _interrupt(loaded, layout)
    return loaded


def state_of(thread: Thread, messages: Sequence[tuple[int, int | None, str]]) -> dict[str, Any]:
    """The state that a thread shows; `messages` are number, parent and data of all."""
    data = {number: text for number, _, text in messages}
    shown = branch_to(thread.head, {number: parent for number, parent, _ in messages})
    return {**json.loads(thread.rest), "messages": [json.loads(data[number]) for number in shown]}


def _loaded(thread: Thread) -> Loaded:
    rows = list(Message.objects.filter(thread=thread).values_list("number", "parent", "name", "data"))
    state = state_of(thread, [(number, parent, data) for number, parent, _, data in rows])
    by_number = {number: Node(number, parent, name, hash(data)) for number, parent, name, data in rows}
    nodes = [by_number[number] for number in branch_to(thread.head, {n: node.parent for n, node in by_number.items()})]
    text_of = transcript_of({"messages": []}, thread.layout).text_of
    branch = Branch(text_of, nodes, max(by_number, default=0))
    return Loaded(
        Handle({}, thread.pk, thread.revision, thread.head), state, branch, frozenset(name for _, _, name, _ in rows)
    )


def _interrupt(loaded: Loaded, layout: str) -> None:
    """Marks the run that died as interrupted, closes its open calls, and completes what is searched."""
    document = StateDocument(loaded.state, Nowhere())
    document.changes = Changes()
    transcript = LAYOUTS[layout](document)
    transcript.close_calls(INTERRUPTED)
    transcript.finish("error")
    rest = {key: value for key, value in document.value.items() if key != "messages"}
    rows = loaded.branch.replace(transcript.messages, is_final=True)
    with transaction.atomic():
        save([Save(loaded.handle, rows, loaded.branch.head, json.dumps(rest))])
        _complete_texts(loaded, transcript)
        now = timezone.now()
        died = RunRecord.objects.filter(thread=loaded.handle.pk, outcome=Status.RUNNING)
        for record in died:
            record.outcome, record.seconds = Status.INTERRUPTED, (now - record.begun).total_seconds()
            record.save(update_fields=["outcome", "seconds"])
    loaded.state = document.value


def _complete_texts(loaded: Loaded, transcript: Transcript) -> None:
    found = Message.objects.filter(thread=loaded.handle.pk, text="")
    for message in found:
        message.text = searched(transcript.text_of(json.loads(message.data)))
    Message.objects.bulk_update(found, ["text"])
