"""The clearest LSTM in NumPy: every gate and every gradient open to inspection.

To understand it, read `cells`, `lstm`, `model`, `train`, in this order.
"""

from .cells import lstm_step, sigmoid
from .gradients import jacobian, memory_layers, numerical_gradient
from .lstm import LSTM
from .network import register
from .rnn import RNN, rnn_step
from .trace import Gradients, Trace

__version__ = "0.1.0"
__all__ = [
    "LSTM", "RNN", "Gradients", "Trace", "jacobian", "lstm_step", "memory_layers",
    "numerical_gradient", "register", "rnn_step", "sigmoid",
]  # fmt: skip
