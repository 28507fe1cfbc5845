"""A part of a font, in a style sheet itself: there when the page is first drawn, also from disk."""

import base64
import io
from typing import Any


def part(font: Any, characters: set[str], flavor: str, **options: Any) -> str:
    """Give the few glyphs of a TTFont that are used, as the `src` of an @font-face.

    Parameters
    ----------
    flavor : {"woff", "woff2"}
    options
        Of fontTools' subsetter, beyond those that hold for every font.
    """
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]

    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True, **options))
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    font.flavor = flavor
    font.save(data := io.BytesIO())
    return f"url(data:font/{flavor};base64,{base64.b64encode(data.getvalue()).decode()})"
