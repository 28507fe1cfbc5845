"""The explorers by the name that a notebook of yours may know them by; they live in `lstm_book.explorers`."""

from lstm_book.explorers import (
    CellExplorer,
    Explorer,
    GradientExplorer,
    MemoryExplorer,
    NetworkExplorer,
    SentenceExplorer,
)
from lstm_book.quiz import Quiz

__all__ = [
    "CellExplorer",
    "Explorer",
    "GradientExplorer",
    "MemoryExplorer",
    "NetworkExplorer",
    "Quiz",
    "SentenceExplorer",
]
