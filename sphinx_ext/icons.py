"""The few icons that the pages show, in place of the whole icon fonts."""

from __future__ import annotations

import re
from pathlib import Path

from .fonts import part

_ICON = re.compile(r"\bfa-[a-z][a-z-]*\b")
_ICON_SCRIPT = re.compile(r"<script[^>]*/fontawesome\.js[^>]*></script>")
_FONTS = {"fa-solid-900": ("Font Awesome 6 Free", 900), "fa-brands-400": ("Font Awesome 6 Brands", 400)}


def without_script(head: str) -> str:
    """Leave the icons' own script out of a page's head: here they are a style."""
    return _ICON_SCRIPT.sub("", head)


def icon_style(text: str, fonts: Path, style: str) -> str:
    """Give the style of the icons named in a text: their few glyphs in place of the whole icon fonts.

    The whole fonts stay behind them: an icon that is not named in the text is fetched from there.
    """
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    wanted = set(_ICON.findall(text))
    codes = {
        int(code, 16)
        for names, code in re.findall(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"', style)
        if wanted & set(_ICON.findall(names))
    } | {
        ord(icon) for icon in re.findall("[\ue000-\uf8ff]", style)
    }  # in the style itself, by its admonitions
    rules = []
    for name, (family, weight) in _FONTS.items():
        font = TTFont(fonts / f"{name}.ttf", recalcTimestamp=False)
        held = sorted(codes & set(font.getBestCmap()))
        if held:
            rules.append(
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
                f"unicode-range: {', '.join(f'U+{code:X}' for code in held)}; "
                f"src: {part(font, set(map(chr, held)), 'woff')} }}"
            )
    return "\n".join(rules) + "\n"


def write_icons(out: Path, assets: Path) -> None:
    """Write the style of the icons of all pages."""
    pages = [*out.glob("*.html"), *out.glob("chapters/*.html"), *assets.glob("scripts/*theme.js")]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    style = (assets / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    icons = icon_style(text, assets / "vendor" / "fontawesome" / "webfonts", style)
    (assets / "icons.css").write_text(icons, "utf-8")
