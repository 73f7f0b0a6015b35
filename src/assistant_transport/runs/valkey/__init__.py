"""The log of many processes, in Valkey 9 or Redis 7: one stream a run, appended in batches, read by blocking reads."""

from assistant_transport.runs.valkey.log import ValkeyLog

__all__ = ["ValkeyLog"]
