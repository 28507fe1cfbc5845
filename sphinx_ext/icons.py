"""The few icons that the pages show, in place of the whole icon fonts and of the rules for all of them."""

from __future__ import annotations

import re
from pathlib import Path

from .fonts import part

_ICON = re.compile(r"\bfa-[a-z][a-z-]*\b")
_RULE = re.compile(r'(?<=\})((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
_ICON_SCRIPT = re.compile(r"<script[^>]*/fontawesome\.js[^>]*></script>")
_FONTS = {"fa-solid-900": ("Font Awesome 6 Free", 900), "fa-brands-400": ("Font Awesome 6 Brands", 400)}


def without_script(head: str) -> str:
    """Leave the icons' own script out of a page's head: here they are a style."""
    return _ICON_SCRIPT.sub("", head)


def without_unnamed(style: str, text: str) -> str:
    """Leave out of the theme's style the icons that a text does not name: more than a third of its rules."""
    wanted = set(_ICON.findall(text))
    return _RULE.sub(lambda rule: rule[0] if wanted & set(_ICON.findall(rule[1])) else "", style)


def icon_style(fonts: Path, style: str) -> str:
    """Give the style of the icons that a style shows: their few glyphs in place of the whole icon fonts."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    codes = {int(code, 16) for _, code in _RULE.findall(style)}
    codes |= {ord(icon) for icon in re.findall("[\ue000-\uf8ff]", style)}  # by its admonitions
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
    """Write the style of the icons of all pages, and the theme's without the others."""
    pages = [*out.glob("*.html"), *out.glob("chapters/*.html"), *assets.glob("scripts/*theme.js")]
    theme = assets / "styles" / "pydata-sphinx-theme.css"
    style = without_unnamed(theme.read_text("utf-8"), "\n".join(page.read_text("utf-8") for page in pages))
    theme.write_text(style, "utf-8")
    icons = icon_style(assets / "vendor" / "fontawesome" / "webfonts", style)
    (assets / "icons.css").write_text(icons, "utf-8")
