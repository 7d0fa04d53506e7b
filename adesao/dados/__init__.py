"""Data that the adhesion starts with."""
