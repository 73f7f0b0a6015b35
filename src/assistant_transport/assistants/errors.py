"""What an assistant raises to say something to its client."""

import secrets


class InvalidTurnError(ValueError):
    """Raised by an assistant's `check`: this turn cannot be answered. The text is for the client's developer.

    The request is answered 400, or 413 where the turn is `too_large`.
    """

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


class ReplyError(Exception):
    """Raised within a reply: it cannot go on. The text is for the user; what was written so far stays.

    The reason belongs into the log, beside `error_id`, which the user sees as well.
    """

    def __init__(self, sentence: str) -> None:
        self.error_id = secrets.token_hex(4)
        super().__init__(f"{sentence} (Error {self.error_id})")
