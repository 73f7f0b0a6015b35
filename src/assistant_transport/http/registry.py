"""The assistant and the runs of this process, one of each, made of the settings when first asked for."""

from functools import cache
from importlib import import_module

from django.utils.module_loading import import_string

from assistant_transport import assistants
from assistant_transport.assistants import BaseAssistant
from assistant_transport.conf import on_change, settings
from assistant_transport.http.thread_catalog import ThreadCatalog
from assistant_transport.http.thread_store import ThreadStore
from assistant_transport.runs import Limits, MemoryLog, Quotas, RunLog, Runs

# Whether lifecycle.start has finished.
started = False
# Whether this process was told to stop. Readiness fails from then on, new runs are refused DRAIN_NOTICE_SECONDS later.
stopping = False


@cache
def assistant() -> BaseAssistant:
    """The assistant that ASSISTANT names. Raises assistants.AssistantNotFoundError."""
    return assistants.load(settings.ASSISTANT)


@cache
def assistant_name() -> str:
    """What logs and metrics call the assistant."""
    return assistant().name


@cache
def runs() -> Runs:
    limits = Limits(
        flush_interval=settings.FLUSH_INTERVAL_MS / 1000,
        grace=settings.RUN_GRACE_SECONDS,
        anonymous_grace=settings.ANONYMOUS_GRACE_SECONDS,
        max_seconds=settings.MAX_RUN_SECONDS,
        max_bytes=settings.MAX_RUN_BYTES,
    )
    quotas = Quotas()
    return Runs(
        _log(quotas),
        limits,
        settings.MAX_CONCURRENT_RUNS,
        quotas,
        settings.MAX_STATES_BYTES,
        settings.THREAD_WAIT_SECONDS,
    )


@cache
def thread_store() -> ThreadStore | None:
    """What keeps threads, where THREADS is on. Only then its app, which needs a database, is imported."""
    if not settings.THREADS:
        return None
    store: ThreadStore = import_string("assistant_transport.threads.store.Store")()
    return store


def thread_catalog() -> ThreadCatalog | None:
    """What lists and changes the threads of `thread_store`."""
    if not settings.THREADS:
        return None
    catalog: ThreadCatalog = import_module("assistant_transport.threads.catalog")
    return catalog


def _log(quotas: Quotas) -> RunLog:
    if not settings.REDIS_URL:
        return MemoryLog(settings.RUN_TTL_SECONDS, settings.RUN_READ_TTL_SECONDS)
    from assistant_transport.runs.valkey import ValkeyLog

    return ValkeyLog(
        settings.REDIS_URL,
        prefix=settings.RUN_LOG_PREFIX,
        ttl=settings.RUN_TTL_SECONDS,
        read_ttl=settings.RUN_READ_TTL_SECONDS,
        lease=settings.RUN_LEASE_SECONDS,
        max_run_seconds=settings.MAX_RUN_SECONDS,
        cancel=lambda run_id: runs().stop(run_id),
        quotas=quotas,
    )


for _made in (assistant, assistant_name, runs, thread_store):
    on_change(_made.cache_clear)
