"""Hypothesis strategies: networks, inputs and dtypes, tame and not."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

sizes = st.integers(1, 4)
dtypes = st.sampled_from([np.float32, np.float64])
seeds = st.integers(0, 2**32 - 1)


def numbers(reach, dtype):
    """Finite numbers up to `reach` in size, of a dtype, the smallest among them."""
    width = np.dtype(dtype).itemsize * 8
    bound = float(np.dtype(dtype).type(reach))
    return st.floats(-bound, bound, width=width, allow_nan=False)


def arrays(shape, dtype, reach=1e6):
    return hnp.arrays(dtype, shape, elements=numbers(reach, dtype))


@st.composite
def batches(draw, reach=1e6):
    """Return x (T, B, D), with its dtype."""
    dtype = draw(dtypes)
    shape = (draw(st.integers(1, 6)), draw(sizes), draw(sizes))
    return draw(arrays(shape, dtype, reach))
