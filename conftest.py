"""Whatever pytest runs, a notebook by itself too: a number of the text that does not hold is an error."""

import os

from lstm_book.live import STRICT

os.environ[STRICT] = "1"
