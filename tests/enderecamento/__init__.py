"""Tests of the address blocks."""
