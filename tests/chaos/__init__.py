"""Many runs while the log's servers are killed, paused, filled and replaced."""
