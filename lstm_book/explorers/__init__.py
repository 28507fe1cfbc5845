"""Explorers: pictures of an LSTM whose sliders work in JupyterLab, in Colab and on a page without a kernel.

An explorer is an ipywidgets widget (built on anywidget). The browser computes and draws; where a kernel
lives, every slider is a trait. Without one, the published page mounts the same module by itself
(`sphinx_ext.pages` puts it there), and without JavaScript the first picture stands.
"""

from .cell import CellExplorer
from .explorer import Explorer
from .gradient import GradientExplorer
from .networks import MemoryExplorer, NetworkExplorer, SentenceExplorer

__all__ = [
    "CellExplorer", "Explorer", "GradientExplorer", "MemoryExplorer", "NetworkExplorer", "SentenceExplorer",
]  # fmt: skip
