"""HTTP in and out: requests, responses, probes and manners."""
