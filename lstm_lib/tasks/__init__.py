"""The tasks the book trains on; those of Hochreiter & Schmidhuber 1997 stand in experiments/tasks_1997.py.

Every function returns a `Batch`, T its steps and B its sequences. Without a seed it draws another one each
time; a whole number as seed gives the same one each time; for many batches that come again in the same order,
make one generator, ``rng = numpy.random.default_rng(0)``, and pass that.
"""

from .batch import Batch
from .marked import adding
from .words import next_word, sentences, vocabulary

__all__ = ["Batch", "adding", "next_word", "sentences", "vocabulary"]
