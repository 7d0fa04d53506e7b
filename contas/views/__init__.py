"""Pages of accounts and people. Each view carries its access mark (``contas.acesso``)."""
