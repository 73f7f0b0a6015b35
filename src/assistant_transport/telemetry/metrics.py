"""The metrics for Prometheus. docs/operations.md says what each is good for; a test holds it to this list.

A user's own metrics, made with prometheus_client, are served along with these.
"""

import os

from prometheus_client import Counter, Gauge, Histogram, values

worker_slot = 0
"""Which of gunicorn's workers this process is. A new one takes the place of one that died, and its counts."""

if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # shared between gunicorn's workers, by telemetry.exposition
    # By default files are named after the process id, so that every worker that ever died would leave some.
    values.ValueClass = values.MultiProcessValue(lambda: worker_slot)  # type: ignore[no-untyped-call]

requests = Counter("assistant_requests", "Requests answered.", ["route", "status"])
runs = Counter("assistant_runs", "Runs ended.", ["assistant", "outcome", "key"])
run_seconds = Histogram(
    "assistant_run_seconds",
    "How long runs took.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600),
)
first_byte_seconds = Histogram(
    "assistant_first_byte_seconds",
    "From a request to the first byte of a run's stream.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
frames = Counter("assistant_run_frames", "Frames that runs wrote.")
written_bytes = Counter("assistant_run_bytes", "Bytes that runs wrote.")
tokens = Counter("assistant_tokens", "Tokens that assistants said their replies took.", ["assistant", "kind", "key"])
unknown_usage = Counter("assistant_unknown_usage_runs", "Runs whose tokens nobody said.", ["assistant"])
reply_failures = Counter(
    "assistant_reply_failures",
    "Replies that failed for a reason that their assistant named, or at a limit: `too_large`, `too_slow`.",
    ["assistant", "reason"],
)
approvals = Counter("assistant_approvals", "Calls of tools that a person decided.", ["tool", "decision"])
resumes = Counter("assistant_resumes", "Runs that a client came back to.")

workers = Gauge("assistant_workers", "Workers that serve.", multiprocess_mode="livesum")
active_runs = Gauge("assistant_active_runs", "Runs that are carried right now.", multiprocess_mode="livesum")
run_capacity = Gauge("assistant_run_capacity", "Runs that may be carried at once.", multiprocess_mode="livesum")
draining = Gauge("assistant_draining", "Workers that let their last runs end.", multiprocess_mode="livesum")
log_degraded = Gauge("assistant_log_degraded", "Workers that cannot log runs.", multiprocess_mode="livesum")
log_lag_seconds = Gauge(
    "assistant_log_lag_seconds", "How long the oldest unlogged frame has waited.", multiprocess_mode="livemax"
)
