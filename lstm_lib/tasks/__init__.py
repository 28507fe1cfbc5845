"""The tasks the book trains on.

Every function returns a `Batch`, T its steps and B its sequences. Without a seed it draws another one each
time; a whole number as seed gives the same one each time; for many batches that come again in the same order,
make one generator, ``rng = numpy.random.default_rng(0)``, and pass that. The numbered experiments are those
of Hochreiter & Schmidhuber 1997.
"""

from .batch import Batch
from .lags import (
    TEMPORAL_SYMBOLS,
    copy,
    long_lag_2a,
    long_lag_2b,
    long_lag_2c,
    temporal_order_6a,
    temporal_order_6b,
    two_sequence,
    two_sequence_3b,
    two_sequence_3c,
)  # fmt: skip
from .marked import adding, adding_1997, multiplication
from .reber import REBER_SYMBOLS, embedded_reber
from .words import next_word, sentences, vocabulary

__all__ = [
    "REBER_SYMBOLS", "TEMPORAL_SYMBOLS", "Batch", "adding", "adding_1997", "copy", "embedded_reber",
    "long_lag_2a", "long_lag_2b", "long_lag_2c", "multiplication", "next_word", "sentences",
    "temporal_order_6a", "temporal_order_6b", "two_sequence", "two_sequence_3b", "two_sequence_3c",
    "vocabulary",
]  # fmt: skip
