"""Write tests/torch_reference.npz: what torch computes for every case of torch_cases.py.

Run it where torch is installed: python tests/unit/make_torch_reference.py
"""

from pathlib import Path

import numpy as np
import torch
from torch_cases import CASES, inputs, torch_numbers


def main():
    stored = {
        "torch_version": np.array(torch.__version__),
        "command": np.array("python tests/unit/make_torch_reference.py"),
    }
    for case in CASES:
        stored |= {f"{case}/given/{name}": value for name, value in inputs(case).items()}
        for dtype in ("float32", "float64"):
            stored |= {f"{case}/{dtype}/{name}": value for name, value in torch_numbers(case, dtype).items()}
    np.savez_compressed(Path(__file__).with_name("torch_reference.npz"), **stored)


if __name__ == "__main__":
    main()
