"""The Operadora's API: the names of TMF641 v4.1 over the same actions as the screens. See docs/api-operadora.md."""
