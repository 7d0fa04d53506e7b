"""Tests of commands, containers, settings and house rules."""
