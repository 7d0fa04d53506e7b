"""Several PDFs into one, inside the jail: only what the pages show, and a bookmark per part."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf

#: Everything a page needs to be seen; whatever else it carries (actions, metadata, structure) stays behind.
CHAVES_DA_PAGINA = {
    "/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox",
    "/ArtBox", "/Rotate", "/UserUnit", "/Group",
}  # fmt: skip


def executar(entradas: list[bytes], pedido: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Merge; ``titulos`` has one bookmark per part. Annotations (a visible signature) are drawn into the page, then dropped."""
    junto = pikepdf.new()
    inicios: list[int] = []
    fontes = []
    for conteudo in entradas:
        parte = pikepdf.open(BytesIO(conteudo), suppress_warnings=True)
        fontes.append(parte)
        if "/AcroForm" in parte.Root:
            parte.Root.AcroForm.NeedAppearances = False
        parte.flatten_annotations("print")
        for pagina in parte.pages:
            for chave in set(pagina.obj.keys()) - CHAVES_DA_PAGINA:
                del pagina.obj[chave]
        inicios.append(len(junto.pages))
        junto.pages.extend(parte.pages)
    with junto.open_outline() as sumario:
        for titulo, inicio in zip(pedido["titulos"], inicios, strict=True):
            sumario.root.append(pikepdf.OutlineItem(titulo, inicio))
    junto.Root.Lang = pikepdf.String("pt-BR")
    junto.Root.PageMode = pikepdf.Name.UseOutlines
    junto.docinfo["/Title"] = pedido["titulo"]
    saida = BytesIO()
    junto.save(saida, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"paginas": len(junto.pages)}, [saida.getvalue()]
