"""How the figures of the book look, and the cell as it is drawn in them."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, FancyBboxPatch

from . import live
from .tracebacks import shorten

BLUE, INK, RED, GREEN = "#0067a3", "#1c2733", "#c14a00", "#00775a"
PINK, FAINT = "#a8447f", "#b4bcc4"  # the candidate's, and of what is not spoken of


def use_style(chapter: str) -> tuple[str, str, str, str]:
    """Draw as the book does, as SVG and the same bytes each time; give the book's blue, ink, red and green.

    The ids in the drawings are made from the name of the chapter. In a notebook, tracebacks are short.
    """
    plt.rcParams.update({
        "svg.hashsalt": chapter, "figure.figsize": (6, 3.7), "font.size": 12,
        "figure.facecolor": "white", "savefig.facecolor": "white", "axes.facecolor": "white",
        "axes.spines.top": False, "axes.spines.right": False, "lines.linewidth": 2,
    })  # fmt: skip
    shell = live.shell()
    if hasattr(shell, "kernel"):  # a notebook
        kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
        for setting in ('figure_formats = ["svg"]', f"print_figure_kwargs = {kwargs}"):
            shell.run_line_magic("config", f"InlineBackend.{setting}")
        shorten(shell)
    return BLUE, INK, RED, GREEN


def draw_cell(ax: Axes, colours: Mapping[str, str], parts: str = "cfio", other: str = INK) -> None:
    """Draw the cell: a box is a layer with weights, a circle works element by element.

    Parameters
    ----------
    ax : Axes
        Where; its data limits become 0 to 9 and 0 to 6, about.
    colours : dict
        The colour of what belongs to "f", "i", "g" or "o", to the memory's line "c", to what is "read", or to
        the output "h".
    parts : str
        What stands beside the box of g: the memory's line c, the gates f, i and o. Without any: an RNN.
    other : str
        The colour of all else.
    """
    F, I, G, O, OUT, UP = 1.8, 3.2, 4.4, 5.8, 7.1, 8.4  # noqa: E741  # left to right
    base, low, mid, top = 1.0, 2.0, 3.2, 4.6  # from bottom to top
    memory, gates, shown = "c" in parts, "f" in parts, "o" in parts

    def line(part: str, *points: tuple[float, float], arrow: bool = True, lw: float = 1.8) -> None:
        colour = colours.get(part, other)
        ax.plot(*zip(*points, strict=True), color=colour, lw=lw, zorder=1, solid_joinstyle="miter")
        if arrow:
            look = {"arrowstyle": "-|>", "color": colour, "lw": lw, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", points[-1], xytext=points[-2], arrowprops=look, zorder=2)

    def layer(part: str, x: float, text: str) -> None:
        line(part, (x, base), (x, low - 0.35))
        box = {"boxstyle": "square,pad=0.35", "facecolor": colours.get(part, other), "edgecolor": "none"}
        ax.text(x, low, text, ha="center", va="center", color="white", bbox=box, zorder=3)

    def circle(part: str, x: float, y: float, text: str, width: float = 0.62) -> None:
        colour = colours.get(part, other)
        ax.add_patch(Ellipse((x, y), width, 0.62, fc="white", ec=colour, lw=1.8, zorder=3))
        ax.text(x, y, text, ha="center", va="center", color=colour, zorder=4)

    def name(part: str, x: float, y: float, text: str) -> None:
        ax.text(x, y, f"${text}$", fontsize=14, color=colours.get(part, other))

    frame = FancyBboxPatch((0.9, 0.5), 7.0, 4.6, boxstyle="round,pad=0.1", fc="#f5f7f9", ec="0.7")
    ax.add_patch(frame)
    line("read", (1.2, -0.1), (1.2, base), arrow=False)
    line("read", (0, base), (O if shown else G, base), arrow=False)
    name("read", 1.35, -0.15, "x_t")
    name("read", -0.3, base + 0.3, "h_{t-1}")
    layer("g", G, "tanh")
    gap = 0.2 if memory else 0  # h passes under the memory
    line("h", (UP, base), (UP, top - gap), arrow=False)
    line("h", (UP, top + gap), (UP, 5.6))
    name("h", 8.6, base + 0.3, "h_t")
    name("h", UP + 0.15, 5.4, "h_t")
    if memory:
        line("c", (0, top), (9, top), lw=3)
        name("c", -0.3, top + 0.3, "c_{t-1}")
        name("c", 8.6, top + 0.3, "c_t")
        name("g", G + 0.12, 2.55, "g")
        line("g", (G, low), (G, (mid if gates else top) - 0.31))
        line("h", (OUT, top), (OUT, 3.81))
        circle("h", OUT, 3.5, "tanh", 1.2)
        line("h", (OUT, 3.19), (OUT, low + 0.31 if shown else base), arrow=shown)
    else:
        line("h", (G, low), (G, mid), (OUT, mid), (OUT, base), arrow=False)
    if gates:
        layer("f", F, "σ")
        layer("i", I, "σ")
        name("f", F + 0.12, 2.62, "f")
        name("i", I + 0.12, 2.62, "i")
        line("f", (F, low), (F, top - 0.31))
        line("i", (I, low), (I, mid), (G - 0.31, mid))
        line("i", (G, mid), (G, top - 0.31))
        circle("f", F, top, "×")
        circle("i", G, mid, "×")
    if memory:
        circle("i" if gates else "g", G, top, "+")
    if shown:
        layer("o", O, "σ")
        name("o", O + 0.4, 2.12, "o")
        line("o", (O, low), (OUT - 0.31, low))
        line("h", (OUT, low), (OUT, base), (9, base))
        circle("o", OUT, low, "×")
    else:
        line("h", (OUT, base), (9, base))
    ax.set(xlim=(-0.4, 9.3), ylim=(-0.3, 5.9), aspect="equal")
    ax.axis("off")
