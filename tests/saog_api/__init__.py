"""The Operadora's API and its webhooks."""
