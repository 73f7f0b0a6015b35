"""Reads one thread of an owner: its state, its branches, its text as a file."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant_transport.http.errors import ApiError, Code
from assistant_transport.runs.strict_json import to_bytes
from assistant_transport.threads import listing
from assistant_transport.threads.loading import transcript_of
from assistant_transport.threads.models import Message, Thread
from assistant_transport.threads.tree import branch_to, without_halves
from assistant_transport.transcript import Call, Image, Part, Text

_MAX_BRANCHES = 200  # shown of a thread, the newest


def find(owner: str, name: str) -> Thread:
    """The owner's thread of that name. Raises ApiError (404) for another owner's, and for none."""
    thread = Thread.objects.filter(owner=owner, name=name).first()
    if thread is None:
        raise ApiError(Code.THREAD_NOT_FOUND, "There is no such thread of yours.")
    return thread


def summary(owner: str, name: str) -> dict[str, Any]:
    """The thread as lists show it."""
    return listing.summary(find(owner, name))


def state(owner: str, name: str) -> dict[str, Any]:
    """What clients see of the thread."""
    return json.loads(_state(find(owner, name))[0])  # type: ignore[no-any-return]


def shown(owner: str, name: str) -> tuple[dict[str, Any], str]:
    """The thread as lists show it, and a JSON object of `state`, `head` and `branches`."""
    thread = find(owner, name)
    text, names, parents = _state(thread)
    rest = json.dumps({"head": names.get(thread.head or 0), "branches": _branches(names, parents)})
    return listing.summary(thread), f'{{"state": {text}, {rest[1:]}'


def _state(thread: Thread) -> tuple[str, dict[int, str], dict[int, int | None]]:
    """The state as JSON; by the messages' numbers their ids, and the numbers of those before them."""
    rows = list(Message.objects.filter(thread=thread).values_list("number", "parent", "name"))
    parents = {number: parent for number, parent, _ in rows}
    branch = branch_to(thread.head, parents)
    data = dict(Message.objects.filter(thread=thread, number__in=branch).values_list("number", "data"))
    # They are JSON already: a long thread need not be parsed and encoded again to be sent.
    messages = ",".join(data[number] for number in branch if number in data)
    rest = thread.rest[:-1] + ("," if thread.rest != "{}" else "")
    return f'{rest}"messages":[{messages}]}}', {number: name for number, _, name in rows}, parents


def _branches(names: Mapping[int, str], parents: dict[int, int | None]) -> list[dict[str, Any]]:
    """Every branch by its last message, the newest first, with the ids of all of its messages."""
    leaves = sorted(parents.keys() - set(parents.values()), reverse=True)[:_MAX_BRANCHES]
    return [
        {"leaf": names[leaf], "messages": [names[number] for number in branch_to(leaf, parents)]} for leaf in leaves
    ]


def as_json(owner: str, name: str) -> str:
    """The thread with all of its branches, as a file that `POST /threads` takes in parts."""
    thread = find(owner, name)
    text = _state(thread)[0]
    every = Message.objects.filter(thread=thread).order_by("number").values_list("number", "parent", "data")
    messages = [{"number": number, "parent": parent, "message": json.loads(data)} for number, parent, data in every]
    file = listing.summary(thread) | {"layout": thread.layout, "state": json.loads(text), "messages": messages}
    return to_bytes(json.dumps(file, ensure_ascii=False, indent=1)).decode()


def as_markdown(owner: str, name: str) -> str:
    """The shown branch, to be read."""
    thread = find(owner, name)
    lines = [f"# {_one_line(thread.title) or 'Conversation'}", ""]
    for who, text in conversation(thread):
        lines += [f"## {who}", "", text, ""]
    return "\n".join(lines)


def conversation(thread: Thread) -> Iterator[tuple[str, str]]:
    """The shown branch, to be read: who says what, in plain text or Markdown."""
    for entry in transcript_of(json.loads(_state(thread)[0]), thread.layout).entries():
        texts = [text for part in entry.parts if (text := _text_of(part))]
        yield "User" if entry.by_user else "Assistant", without_halves("\n\n".join(texts))


def _text_of(part: Part) -> str:
    match part:
        case Text():
            return part.text
        case Image():
            return "*(an image)*"
        case Call():
            return f"*Tool {_one_line(part.name)}*"
        case _:
            return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
