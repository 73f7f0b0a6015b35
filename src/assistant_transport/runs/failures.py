"""How a failure is logged and what the user sees of it: an id that leads to the log, and nothing of the exception."""

import logging
import secrets


def log_failure(logger: logging.Logger, what: str) -> str:
    """Logs the exception that is being handled; `what` is a sentence without its full stop. Returns the error's id."""
    error_id = secrets.token_hex(4)
    logger.exception("%s, error %s", what, error_id, extra={"error_id": error_id})
    return error_id
