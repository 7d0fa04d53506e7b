"""Pages of the adhesion, one module per side."""
