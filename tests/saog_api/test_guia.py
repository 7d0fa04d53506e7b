"""The examples of docs/api-operadora.md, run as they stand with curl against the live server."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from saog.acoes import integracao
from saog.api import entrega
from saog.models import SolicitacaoServico
from tests.apoio.elenco import AGORA
from tests.apoio.processos import RAIZ as PASTA
from tests.conftest import falta
from tests.saog.conftest import Atores

from .conftest import Ordens, token_com

GUIA = (PASTA / "docs/api-operadora.md").read_text()
EXEMPLOS = re.findall(r"```sh\n(.*?)```\nResposta: `([0-9]{3})`", GUIA, flags=re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_answers_what_the_guide_says(
    live_server: Any, atores: Atores, linha: Any, ordens: Ordens, relogio: Any, tmp_path: Path
):
    if not shutil.which("curl"):
        falta("curl")
    assert len(EXEMPLOS) == GUIA.count("```sh") >= 11
    integracao.permitir_endereco(sistema_id=linha.pk, url="http://127.0.0.1:9/avisos", por=atores.gestor, agora=AGORA)
    feitas = [ordens.em("EMITIDA") for _ in range(3)]
    (tmp_path / ".curlrc").write_text(f'silent\nshow-error\noutput = "{tmp_path}/corpo"\nwrite-out = "%{{http_code}}"\n')
    ambiente = {
        "PATH": "/usr/bin:/bin",
        "CURL_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "API": f"{live_server.url}/api/operadora/v1",
        "TOKEN": token_com(linha, atores, "ler", "atender", "hub"),
        "CALLBACK": "http://127.0.0.1:9/avisos/ordens",
        **dict(zip(("ORDEM", "OUTRA", "TERCEIRA"), (s.slug for s in feitas), strict=True)),
    }
    for comando, esperado in EXEMPLOS:
        feito = subprocess.run(["sh", "-c", comando], env=ambiente, capture_output=True, text=True, timeout=30, check=False)
        corpo = (tmp_path / "corpo").read_text() if (tmp_path / "corpo").exists() else ""
        assert feito.stdout == esperado, f"{comando}\n{feito.stderr}\n{corpo}"
    estados = [SolicitacaoServico.objects.get(pk=s.pk).estado for s in feitas]
    assert estados == ["AGUARDANDO_ACEITE", "INVIAVEL", "INVIAVEL"]


def test_the_guides_way_to_check_a_signature_agrees_with_the_portals():
    (codigo,) = re.findall(r"```python\n(.*?)```", GUIA, flags=re.DOTALL)
    nomes: dict[str, Any] = {}
    exec(compile(codigo, "guia", "exec"), nomes)  # our own document
    corpo = '{"eventId": "é"}'.encode()
    assert nomes["confere"]("segredo", "1700000000", corpo, entrega.assinar("segredo", 1700000000, corpo))
    assert not nomes["confere"]("segredo", "1700000001", corpo, entrega.assinar("segredo", 1700000000, corpo))


def test_the_guide_names_every_refusal_and_scope_that_there_is():
    from saog.api.documento import RECUSAS, RECUSAS_DO_CORPO
    from saog.models import ESCOPOS_DE, De

    quadro = GUIA[GUIA.index("## 4. Recusas") : GUIA.index("## 5. Avisos")]
    assert {str(c) for c in (*RECUSAS, *RECUSAS_DO_CORPO)} - {"405", "500"} <= set(re.findall(r"\b[45][0-9]{2}\b", quadro))
    assert all(f"`{e}`" in GUIA for e in ESCOPOS_DE[De.OPERADORA])
