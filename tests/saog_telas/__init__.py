"""The screens of the requests."""
