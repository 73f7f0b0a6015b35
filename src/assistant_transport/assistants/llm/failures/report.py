"""Tells the operator of a failure: one line, in which a provider's own words are only where a setting allows them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant_transport.assistants.errors import ReplyError
from assistant_transport.assistants.llm.failures import redaction
from assistant_transport.assistants.llm.failures.failure import Failure, ModelRequestError, failure
from assistant_transport.conf import settings

logger = logging.getLogger(__name__)


def warn_of_messages() -> None:
    """Says at the start what LOG_PROVIDER_MESSAGES means, where it is set."""
    if settings.LOG_PROVIDER_MESSAGES:
        logger.warning(
            "LOG_PROVIDER_MESSAGES is set: the messages of a provider's errors are logged, "
            "and they may quote what users wrote"
        )


@contextmanager
def reported(*, provider: str, model: str, request_id: Callable[[], str | None] = lambda: None) -> Iterator[None]:
    """Whatever is raised within is logged and becomes a ReplyError with a sentence for the user.

    What nobody foresaw has a sentence too, and a traceback in the log; so has a library's CancelledError that nobody
    asked for. What is raised while the task is being cancelled goes on: whoever cancels it says why.

    Args:
        request_id: Returns the provider's own name for the last request, if it has one.
    """
    try:
        yield
        return
    except ReplyError:
        raise
    except ModelRequestError as known:
        error: BaseException = known
        failed = known.failure
    except (asyncio.CancelledError, Exception) as unforeseen:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        error, failed = unforeseen, failure("unexpected")
    raise _report(failed, error, provider, model, request_id()) from None


def _report(failed: Failure, error: BaseException, provider: str, model: str, request_id: str | None) -> ReplyError:
    reply_error = ReplyError(failed.sentence, reason=failed.reason)
    extra = {
        "error_id": reply_error.error_id,
        "provider": provider,
        "model": model,
        "reason": failed.reason,
        "provider_status": failed.status,
        "provider_code": failed.code,
        "provider_request_id": request_id,
    }
    if failed.address:
        extra["provider_address"] = failed.address
    if failed.message and settings.LOG_PROVIDER_MESSAGES:
        extra["provider_message"] = redaction.fit_for_log(failed.message)
    said = "{reason} from {provider}, status {provider_status}, code {provider_code}".format(**extra)
    logger.error(
        "The reply failed: %s, request %s, error %s",
        said,
        request_id,
        reply_error.error_id,
        extra=extra,
        exc_info=error if failed.reason == "unexpected" else None,
    )
    return reply_error
