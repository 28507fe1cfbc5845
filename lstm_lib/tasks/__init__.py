"""The tasks the book trains on.

Every function returns a `Batch`. Without a seed it draws another one each time; a whole number as seed gives
the same one each time; for many batches that come again in the same order, make one generator,
``rng = numpy.random.default_rng(0)``, and pass that. The numbered experiments are those of Hochreiter &
Schmidhuber 1997.
"""

from .batch import Batch
from .lags import copy, long_lag_2a, long_lag_2b, long_lag_2c
from .marked import adding, adding_1997, multiplication
from .noise import two_sequence, two_sequence_3b, two_sequence_3c
from .order import TEMPORAL_SYMBOLS, temporal_order_6a, temporal_order_6b
from .reber import REBER_SYMBOLS, continual_embedded_reber, embedded_reber, share_legal
from .words import next_word, sentences, vocabulary

__all__ = [
    "REBER_SYMBOLS", "TEMPORAL_SYMBOLS", "Batch", "adding", "adding_1997", "continual_embedded_reber",
    "copy", "embedded_reber", "long_lag_2a", "long_lag_2b", "long_lag_2c", "multiplication", "next_word",
    "sentences", "share_legal", "temporal_order_6a", "temporal_order_6b", "two_sequence",
    "two_sequence_3b", "two_sequence_3c", "vocabulary",
]  # fmt: skip
