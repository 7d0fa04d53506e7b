"""Pages of the address blocks."""
