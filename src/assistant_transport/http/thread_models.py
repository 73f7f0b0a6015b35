"""The requests by which a client lists, makes and changes kept threads."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

THREAD_NAME = r"^[A-Za-z0-9._:~-]{1,128}$"

Name = Annotated[str, Field(pattern=THREAD_NAME)]
# NUL: PostgreSQL's texts cannot have it.
_WITHOUT_NUL = r"^[^\x00]*$"
Title = Annotated[str, Field(max_length=300, pattern=_WITHOUT_NUL)]


class Model(BaseModel):
    """A request; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")


class ListThreads(Model):
    """The query of a list. `archived` is false, true or all; `q` are words that the title or a message has."""

    archived: Literal["false", "true", "all"] = "false"
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=200)] | None = None
    q: Annotated[str, Field(max_length=200)] = ""


class CreateThread(Model):
    """A new thread. `state` is that of a thread which the client has kept so far."""

    threadId: Name | None = None
    title: Title = ""
    state: dict[str, Any] | None = None


class ChangeThread(Model):
    """What changes, if it is given. With `version`, only a thread that is still of that version is changed."""

    title: Title | None = None
    archived: StrictBool | None = None
    head: Annotated[str, Field(pattern=_WITHOUT_NUL)] | None = None
    version: StrictInt | None = None
