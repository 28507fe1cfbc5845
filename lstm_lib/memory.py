"""Memory that passes borrow, for taking it anew costs as much time as filling it.

The reader gets arrays cut from a fresh one, the root, that lies over a block. NumPy keeps the root for as
long as anyone holds any of them; when the last is gone, `weakref.finalize` gives the block back.
"""

import math
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from .checks import Array

LINE = 16  # numbers: an array starts where a line of the cache does
MOST = 2**28  # bytes that a network keeps for later passes
Shapes = tuple[tuple[int, ...], ...]


class Block:
    """One piece of memory cut into arrays, with the views of them that a pass walks through."""

    def __init__(self, way: str, shapes: Shapes, dtype: Any, steps: Callable[..., Any] | None) -> None:
        self.made_of = way, shapes, dtype, steps
        sizes = [math.prod(shape) for shape in shapes]
        starts = np.cumsum([0, *(size + -size % LINE for size in sizes)])
        room = np.empty(starts[-1] + LINE, dtype)
        first = -room.__array_interface__["data"][0] // room.itemsize % LINE
        self.whole = room[first : first + starts[-1]]
        places = zip(starts, sizes, shapes, strict=False)
        self.arrays = tuple(self.whole[start : start + size].reshape(shape) for start, size, shape in places)
        self.steps: Any = steps(*self.arrays) if steps else None

    def __reduce__(self) -> tuple[Any, ...]:
        return Block, self.made_of, self.whole  # all else is views

    def __setstate__(self, whole: Array) -> None:
        self.whole[...] = whole


class Memory:
    """The blocks of a network that nobody holds at present."""

    def __init__(self, dtype: Any) -> None:
        self.dtype, self._spare = dtype, list[Block]()

    def borrow(
        self, way: str, *shapes: tuple[int, ...], steps: Callable[..., Any] | None = None
    ) -> tuple[Block, Array]:
        """Give a block for a pass one way, and a root: what a reader sees it through, and what returns it."""
        for block in reversed(self._spare.copy()):
            if block.made_of[:2] == (way, shapes):
                with suppress(ValueError):  # another thread was quicker
                    self._spare.remove(block)
                    break
        else:
            block = Block(way, shapes, self.dtype, steps)
        whole = block.whole.data
        root = np.frombuffer(whole if "back" in way else whole.toreadonly(), self.dtype)
        weakref.finalize(root, _give_back, self._spare, block).atexit = False
        return block, root


def _give_back(spare: list[Block], block: Block) -> None:
    spare.append(block)
    while sum(one.whole.nbytes for one in spare.copy()) > MOST:
        spare.pop(0)


def shown(root: Array, view: Array) -> Array:
    """The same part of the memory as `view`, seen through the root."""
    start = view.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return np.ndarray(view.shape, view.dtype, root, start, view.strides)
