"""The errors of assistants: of their name, of a turn, of a reply."""

import secrets


class AssistantNotFoundError(Exception):
    """The setting ASSISTANT names nothing that can answer; the text says what to change."""


class InvalidTurnError(ValueError):
    """Raised by an assistant's `check`: this turn cannot be answered. The text is for the client's developer.

    The request is answered 400, or 413 where the turn is `too_large`.
    """

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large
        self.code = "turn_too_large" if too_large else "invalid_turn"


class DecisionRefusedError(InvalidTurnError):
    """A decision on a tool's call does not count. `code` is the response's, which has its status."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class ReplyError(Exception):
    """Raised by an assistant's `reply`: it cannot go on. The user reads the text; what was written so far stays.

    Whoever raises it logs why, together with `error_id`, which the text ends with. The metrics count such failures by
    `reason`: a short name, of which there are few.
    """

    def __init__(self, sentence: str, *, reason: str = "other") -> None:
        self.error_id = secrets.token_hex(4)
        self.reason = reason
        super().__init__(f"{sentence} (Error {self.error_id})")
