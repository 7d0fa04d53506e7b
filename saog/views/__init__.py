"""Pages of the requests."""
