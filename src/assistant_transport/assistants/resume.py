"""The command by which a person's answer arrives: to a graph's interrupt, or to a question whether a tool may run."""

from typing import Any, Literal

from pydantic import BaseModel


class Resume(BaseModel):
    """Answers what waits for a person, by the ids that the state shows: `value` is an object of answers by id.

    A question about a tool's call is answered `{decisions: [decision]}`, with a decision of the form
    `{type: "approve"}`, `{type: "edit", edited_action: {name, args}}` or `{type: "reject", message?}`, as LangChain's
    HumanInTheLoopMiddleware takes it. An `interrupt()` of a graph returns its answer, any JSON; where only one waits,
    `value` may be its answer itself.
    """

    type: Literal["resume"]
    value: Any = None
