"""Tests of the service requests."""
