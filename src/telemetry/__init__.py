"""What operators see of the process: logs and error reports."""
