"""First rows of the catalogue."""
