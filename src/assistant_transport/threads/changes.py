"""What a client changes in its threads by itself, without a run."""

from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from assistant_transport.callers import Caller
from assistant_transport.conf import settings
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.http.thread_models import ChangeThread, CreateThread
from assistant_transport.runs.strict_json import encode_parsed
from assistant_transport.threads import listing
from assistant_transport.threads.loading import transcript_of
from assistant_transport.threads.models import Message, Thread
from assistant_transport.threads.reading import find
from assistant_transport.threads.tree import Branch
from assistant_transport.transcript import TranscriptError

_IMPORTED = "This call had no result when the conversation was taken over."
_NOT_KEPT = ("messages", "interrupts", "provider")  # of an imported state: nothing waits or runs in it


def create(caller: Caller, wanted: CreateThread) -> tuple[dict[str, object], bool]:
    """The caller's new thread, or the one that has the name already; and whether it is new.

    Raises:
        ApiError: 409 if a state was sent for a name that is there, 400 if that state is not valid.
    """
    name = wanted.threadId or str(uuid4())
    thread = Thread(owner=caller.owner, name=name, title=wanted.title, layout=settings.ASSISTANT_MESSAGE_FORMAT)
    thread.user = caller.user if isinstance(caller.user, get_user_model()) else None
    messages = _imported(thread, wanted.state) if wanted.state is not None else []
    try:
        with transaction.atomic():
            thread.save(force_insert=True)
            Message.objects.bulk_create(messages, batch_size=500)
    except IntegrityError:
        if wanted.state is not None:
            raise ApiError(Code.THREAD_EXISTS, "You have a thread of this threadId already.") from None
        return listing.summary(find(caller.owner, name)), False
    return listing.summary(thread), True


def _imported(thread: Thread, state: dict[str, object]) -> list[Message]:
    """Writes a client's state into the new `thread`; returns its messages. Open calls are closed, nothing waits."""
    try:
        transcript = transcript_of(state, thread.layout)
    except TranscriptError as error:
        raise ApiError(Code.INVALID_REQUEST, f"The request is not valid: {error}") from None
    for call_id, question in transcript.pending_approvals():
        transcript.show_approval(call_id, {"id": question, "approved": False})
    transcript.close_calls(_IMPORTED)
    branch = Branch(transcript.text_of)
    rows = branch.replace(transcript.messages, is_final=True)
    thread.imported, thread.head = True, branch.head
    thread.rest = encode_parsed({key: value for key, value in state.items() if key not in _NOT_KEPT})
    return [
        Message(thread=thread, number=row.number, parent=row.parent, name=row.name, data=row.data, text=row.text or "")
        for row in rows
    ]


def change(owner: str, name: str, wanted: ChangeThread) -> dict[str, object]:
    """Changes what is given, if the thread is still of the version that the client has seen."""
    thread = find(owner, name)
    if wanted.version is not None and wanted.version != thread.version:
        raise _changed()
    new: dict[str, object] = {"version": F("version") + 1, "updated": timezone.now()}
    if wanted.title is not None:
        new["title"] = wanted.title
    if wanted.archived is not None:
        new["archived"] = wanted.archived
    if wanted.head is not None:
        new |= {"head": _head(thread, wanted.head), "revision": F("revision") + 1}
    if len(new) > 2:
        _update(thread, wanted, new)
    return listing.summary(find(owner, name))


def _update(thread: Thread, wanted: ChangeThread, new: dict[str, object]) -> None:
    unchanged = Thread.objects.filter(pk=thread.pk)
    if wanted.version is not None:
        unchanged = unchanged.filter(version=wanted.version)
    if wanted.head is not None:
        unchanged = unchanged.filter(revision=thread.revision)
    if not unchanged.update(**new):
        raise _changed()


def _head(thread: Thread, message_id: str) -> int:
    """The number of the message where the shown branch is to end; of several with one id, of the newest."""
    if listing.is_running(thread):
        sentence = "A reply on this thread is still being written. Please wait for its end, or stop it."
        raise ApiError(Code.THREAD_BUSY, sentence, headers={"Retry-After": "1"})
    found = Message.objects.filter(thread=thread, name=message_id).aggregate(newest=Max("number"))["newest"]
    if found is None:
        raise ApiError(Code.INVALID_REQUEST, "The request is not valid: head: the thread has no message of this id.")
    return int(found)


def _changed() -> ApiError:
    return ApiError(Code.THREAD_CHANGED, "The thread has changed meanwhile. Read it again.")


def delete(owner: str, name: str) -> None:
    """Deletes the thread with its messages; the records of its runs stay, without it."""
    find(owner, name).delete()
