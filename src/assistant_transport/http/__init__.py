"""HTTP in and out: requests, responses, callers, probes."""
