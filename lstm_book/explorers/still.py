"""The still picture of an explorer, for where no script runs."""

import re

from .modules import STATIC


def _palette() -> dict[str, str]:
    """Give the colours of the light theme and the dashes of the lines, as the style sheet has them."""
    css = (STATIC / "explorer.css").read_text("utf-8")
    colours = dict(re.findall(r"--lx-(\w+): (#\w+);", css.split("}")[0]))
    dashes = re.findall(r"\.lx-line\.lx-(\w) \{ stroke-dasharray: ([\d ]+);", css)
    return colours | {f"{name} dash": dash for name, dash in dashes}


_TONES = {"x": "soft", "rnn": "i", "direct": "o", "full": "f"}  # of the series that are no gate; gradient.mjs


def still(panels: list[tuple[str, dict[str, list[float]], float, float]]) -> str:
    """Draw line panels of (title, series by name, low, high) under one another; the last point is named.

    It needs no style sheet, for an e-mail or an exported notebook has none. Where a line leaves
    its panel stands an arrow.
    """
    width, height, left, right = 640, 96, 8, 46
    tall = len(panels) * (height + 28)
    tones = _palette()
    parts = [f'<rect class="lx-paper" width="{width}" height="{tall}" fill="#fff"/>']

    def text(x: float, y: float, words: str, tone: str = "ink") -> str:
        named = "" if tone == "ink" else f'class="lx-tag lx-{tone}" font-style="italic" '
        return f'<text {named}x="{x:.1f}" y="{y:.1f}" fill="{tones[tone]}">{words}</text>'

    for row, (title, series, low, high) in enumerate(panels):
        top = row * (height + 28) + 20
        parts.append(text(left, top - 6, title))
        parts.append(
            f'<path class="lx-frame" d="M{left} {top}h{width - left - right}v{height}H{left}z" '
            f'fill="none" stroke="{tones["edge"]}"/>'
        )
        ends = {}
        for name, values in series.items():
            tone = _TONES.get(name, name)
            across = (width - left - right) / max(1, len(values) - 1)
            seen = next((k for k, v in enumerate(values) if not low <= v <= high), len(values))
            shown = [min(high, max(low, v)) for v in values[: seen + 1]]
            ys = [top + height * (high - v) / (high - low) for v in shown]
            line = " ".join(f"{left + k * across:.1f},{y:.1f}" for k, y in enumerate(ys))
            parts.append(
                f'<polyline class="lx-line lx-{tone}" points="{line}" fill="none" stroke="{tones[tone]}" '
                f'stroke-width="2" stroke-dasharray="{tones.get(f"{tone} dash", "none")}"/>'
            )
            if seen < len(values):
                parts.append(text(left + seen * across + 3, ys[-1] - 3, "↑" if values[seen] > high else "↓"))
            ends[name] = ys[-1]
        room = top + height + 4.0
        for name in sorted(ends, key=lambda name: -ends[name]):  # the names lie apart
            parts.append(text(width - right + 5, min(ends[name] + 4, room), name, _TONES.get(name, name)))
            room = min(ends[name] + 4, room) - 13
    names = "; ".join(title for title, *_ in panels)
    label = f'role="img" aria-label="{names}, step by step"'
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    size = f'viewBox="0 0 {width} {tall}" width="{width}" height="{tall}"'
    return f"<svg {size} {font} {label}>{''.join(parts)}</svg>"
