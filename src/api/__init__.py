"""The names that upstream's plan for this backend gives; the code is in `assistant_transport.http`."""
