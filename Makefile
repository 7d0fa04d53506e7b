# The commands of the portal. Everything else is in scripts/.
PYTHON := .venv/bin/python

.PHONY: demo test provas lock formatar ajuda

ajuda: ## what each command does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

demo: ## the portal with demonstration data at http://127.0.0.1:8000 (PORT=… changes the port); Ctrl-C stops it
	@sh scripts/preparar.sh && exec $(PYTHON) scripts/demo.py

test: ## all checks, then the tests on SQLite, in the browser, and on PostgreSQL with Redis
	@sh scripts/preparar.sh dev && exec $(PYTHON) -m scripts.testar

provas: ## the same with the full counts of races, kills and random steps
	@sh scripts/preparar.sh dev && PROVAS=1 exec $(PYTHON) -m scripts.testar

lock: ## recompile requirements.txt and requirements-dev.txt from pyproject.toml
	@sh scripts/preparar.sh dev && sh scripts/travar.sh

formatar: ## let ruff format and fix what it can
	@$(PYTHON) -m ruff check --fix . ; $(PYTHON) -m ruff format .
