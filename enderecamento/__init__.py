"""Address blocks: pools, sub-blocks, who holds which, exchanges and sanctions (IP-01 to IP-10)."""
