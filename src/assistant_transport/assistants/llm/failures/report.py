"""Logs a failure for the operator: one line, without what a provider or a user wrote."""

import logging

from assistant_transport.assistants.errors import ReplyError
from assistant_transport.assistants.llm.failures.failure import Failure

logger = logging.getLogger(__name__)


def report(
    failed: Failure, *, provider: str, model: str, request_id: str | None = None, error: BaseException | None = None
) -> ReplyError:
    """Logs `failed` as an error and returns what to raise in its place, which has its sentence for the user.

    Args:
        request_id: The provider's own name for the request.
        error: What was raised, where its places in the code are worth a traceback.
    """
    reply_failed = ReplyError(failed.sentence)
    extra = {
        "error_id": reply_failed.error_id,
        "provider": provider,
        "model": model,
        "reason": failed.reason,
        "provider_status": failed.status,
        "provider_code": failed.code,
        "provider_request_id": request_id,
    }
    if failed.address:
        extra["provider_address"] = failed.address
    said = "{reason} from {provider}, status {provider_status}, code {provider_code}".format(**extra)
    logger.error(
        "The reply failed: %s, request %s, error %s",
        said,
        request_id,
        reply_failed.error_id,
        extra=extra,
        exc_info=error,
    )
    return reply_failed
