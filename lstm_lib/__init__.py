"""The clearest LSTM in NumPy: every gate and every gradient open to inspection."""

from .cells import lstm_step, rnn_step, sigmoid
from .gradients import direct_path, jacobian, numerical_gradient
from .sequence import GRU, LSTM, RNN
from .trace import Gradients, Trace

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Gradients",
    "Trace",
    "direct_path",
    "jacobian",
    "lstm_step",
    "numerical_gradient",
    "rnn_step",
    "sigmoid",
]
