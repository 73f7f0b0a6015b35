"""What `make new` and `make rename` run."""
