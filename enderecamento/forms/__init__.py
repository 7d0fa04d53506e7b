"""Forms of the address blocks, one module per part."""
