"""The request, as the client of assistant-transport sends it (@assistant-ui/core 0.3.20).

Field names are the protocol's. Fields that are not known are kept, since an app's `body` option may add any.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, create_model, model_validator

# More than any client sends. Each item is looked up in the state.
_FEW = Field(max_length=64)


class Model(BaseModel):
    """A part of the request; unknown fields are kept."""

    model_config = ConfigDict(extra="allow")


class MessagePart(Model):
    """A piece of a user's message: text, or an image as a URL or data URL."""

    type: Literal["text", "image"]
    text: str | None = None
    image: str | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> "MessagePart":
        if getattr(self, self.type) is None:
            raise ValueError(f"a part of type {self.type} needs the field {self.type}")
        return self

    def content(self) -> dict[str, Any]:
        """The part for the state: only its own two fields, since frontends' converters fail on null."""
        return {"type": self.type, self.type: getattr(self, self.type)}


class UserMessage(Model):
    """A message that the client adds: the user's, or a text that stands as the assistant's own and needs no answer."""

    role: Literal["user", "assistant"] = "user"
    parts: Annotated[list[MessagePart], _FEW]
    id: str | None = None  # newer clients name their message and show it before the server has it

    @model_validator(mode="after")
    def _assistant_has_text_only(self) -> "UserMessage":
        if self.role == "assistant" and any(part.type != "text" for part in self.parts):
            raise ValueError("a message of the assistant has parts of type text only")
        return self


class AddMessageCommand(Model):
    type: Literal["add-message"] = "add-message"
    message: UserMessage
    parentId: str | None = None  # the last message that the client renders, maybe one that only it knows
    sourceId: str | None = None  # not null: this message replaces that one, an edit


class AddToolResultCommand(Model):
    type: Literal["add-tool-result"] = "add-tool-result"
    toolCallId: str
    result: Any
    toolName: str | None = None
    isError: StrictBool = False
    artifact: Any = None
    modelContent: list[dict[str, Any]] | None = None


class ToolDefinition(Model):
    """A tool that the client runs itself; `parameters` is a JSON Schema."""

    description: str | None = None
    parameters: dict[str, Any] | None = None
    providerOptions: dict[str, Any] | None = None


class CallSettings(Model):
    maxTokens: StrictInt | None = None
    temperature: StrictFloat | StrictInt | None = None
    topP: StrictFloat | StrictInt | None = None
    presencePenalty: StrictFloat | StrictInt | None = None
    frequencyPenalty: StrictFloat | StrictInt | None = None
    seed: StrictInt | None = None
    headers: dict[str, str | None] | None = None


class Config(Model):
    """`apiKey` and `baseUrl` are never used: they would make this server a proxy to anywhere."""

    apiKey: str | None = None
    baseUrl: str | None = None
    modelName: str | None = None
    reasoningEffort: str | None = None


class Options(NamedTuple):
    """What a client may set for a model, as far as it was sent."""

    call_settings: dict[str, Any]
    config: dict[str, Any]


Command = Annotated[AddMessageCommand | AddToolResultCommand, Field(discriminator="type")]


class AssistantRequest(Model):
    """One request: commands to apply to the state, in order, and what an assistant needs to answer them."""

    commands: Annotated[list[Command], _FEW]
    state: Any = None
    system: str | None = None
    tools: Annotated[dict[str, ToolDefinition], Field(max_length=128)] | None = None
    threadId: str | None = None
    parentId: str | None = None
    callSettings: CallSettings | None = None
    config: Config | None = None
    runConfig: dict[str, Any] | None = None

    def options(self) -> Options:
        """`callSettings` and `config`.

        Raises:
            ValidationError: a deprecated copy of one of their fields is not valid.
        """
        return Options(self._nested("callSettings", CallSettings), self._nested("config", Config))

    def _nested(self, field: str, model: type[Model]) -> dict[str, Any]:
        """A field as sent, over the deprecated copies of its own fields at the top level."""
        extra = self.model_extra or {}
        sent: Model | None = getattr(self, field)
        if sent is None and extra.keys().isdisjoint(model.model_fields):
            return {}
        copies = model.model_validate({name: extra[name] for name in model.model_fields if name in extra})
        return copies.model_dump(exclude_unset=True) | (sent.model_dump(exclude_unset=True) if sent else {})


class RunRequest(Model):
    """Which run: the one of that id, else the latest of that thread, else the client's only one that is running."""

    runId: str | None = None
    threadId: str | None = None


class ThreadRequest(Model):
    """Which of the caller's threads."""

    threadId: str


def request_model(custom_commands: Sequence[type[BaseModel]]) -> type[AssistantRequest]:
    """AssistantRequest with the commands that an assistant declares, besides the protocol's own two."""
    if not custom_commands:
        return AssistantRequest
    known: Any = reduce(or_, custom_commands, AddMessageCommand | AddToolResultCommand)
    commands: Any = (Annotated[list[Annotated[known, Field(discriminator="type")]], _FEW], ...)
    return create_model("AssistantRequest", __base__=AssistantRequest, commands=commands)
