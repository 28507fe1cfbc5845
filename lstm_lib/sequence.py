"""The names of `lstm` and `rnn`, for the explorers."""

from .lstm import LSTM
from .rnn import RNN

__all__ = ["LSTM", "RNN"]
