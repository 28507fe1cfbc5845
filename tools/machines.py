"""Run the notebooks and the library's tests as other processors would; exit 1 and name what fails.

Processors differ in the order in which they add up a sum, and so in its last digit. What the book says must
hold on all of them.
"""

import os
import re
import subprocess
import sys
from itertools import cycle

import numpy as np

# OpenBLAS adds up as the processor named here does, if the one at hand can; else it makes its own choice.
CORES = ["SkylakeX", "Haswell", "Sandybridge", "Nehalem", "Prescott"]


def machines() -> list[dict[str, str]]:
    """Settings for each processor; the first is the one at hand as it is, with all its threads."""
    beyond = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # what NumPy can leave out
    left_out = cycle(" ".join(beyond[n:]) for n in range(len(beyond) + 1))
    return [{}] + [
        {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": core, "NPY_DISABLE_CPU_FEATURES": names}
        for core, names in zip(CORES, left_out, strict=False)
    ]


def failures(machine: dict[str, str], tests: list[str]) -> list[str]:
    """What fails there; that nothing was run counts as well."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", *tests]
    done = subprocess.run(command, env=os.environ | machine, capture_output=True, encoding="utf-8")
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    failed = re.findall(r"^(?:FAILED|ERROR) .*", said, re.MULTILINE)
    return failed or ([f"{said}{done.stderr}".strip()] if done.returncode else [])


def main() -> None:
    some = False
    for machine in machines():
        failed = failures(machine, ["chapters", "tests/unit"])
        some |= bool(failed)
        name = " ".join(f"{key}={value!r}" for key, value in machine.items()) or "as it is"
        print(f"{name}: {len(failed)} failed", *failed, sep="\n  ", flush=True)
    sys.exit(some)


if __name__ == "__main__":
    main()
