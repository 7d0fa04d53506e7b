"""An image people send (coat of arms, photo), inside the jail: decoded and made again, flat; only its pixels survive."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError


def executar(entradas: list[bytes], pedido: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:  # noqa: PLR0911  one per reason
    """Answer ``motivos``, or an image of at most ``lado_maximo`` pixels a side, RGB on white (no alpha: PDF/A-2), without metadata.

    ``formato`` is ``PNG``, or ``JPEG`` for photos.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = pedido["pixels_maximos"]
    try:
        with Image.open(BytesIO(entradas[0]), formats=["PNG", "JPEG"]) as original:
            if original.width * original.height > pedido["pixels_maximos"]:
                return {"motivos": ["imagem_enorme"]}, []
            if getattr(original, "n_frames", 1) > 1:
                return {"motivos": ["imagem_animada"]}, []
            original.draft("RGB", (pedido["lado_maximo"] * 2, pedido["lado_maximo"] * 2))
            imagem = ImageOps.exif_transpose(original).convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
        return {"motivos": ["imagem_enorme"]}, []
    except UnidentifiedImageError:
        return {"motivos": ["imagem_tipo"]}, []
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError):
        return {"motivos": ["imagem_estragada"]}, []
    if min(imagem.size) < pedido["lado_minimo"]:
        return {"motivos": ["imagem_pequena"]}, []
    imagem.thumbnail((pedido["lado_maximo"], pedido["lado_maximo"]), Image.Resampling.LANCZOS)
    plana = Image.new("RGB", imagem.size, "white")
    plana.paste(imagem, mask=imagem.getchannel("A"))
    saida = BytesIO()
    if pedido["formato"] == "JPEG":
        plana.save(saida, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        plana.save(saida, "PNG", optimize=True)
    return {"motivos": [], "largura": plana.width, "altura": plana.height}, [saida.getvalue()]
