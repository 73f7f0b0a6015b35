"""What operators see of the process: logs, metrics and error reports. None of them holds a prompt, a reply or a key."""
