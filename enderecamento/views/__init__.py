"""The pages of the address blocks."""
