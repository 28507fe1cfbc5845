"""Models in files, whole or not at all."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from .checks import Array, finite_array
from .network import KINDS, Network


class Stored:
    """What a model is when it is written, read, copied or shown."""

    network: Network
    output_size: int
    parameters: Any

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to an .npz file that holds no pickle.

        Parameters
        ----------
        path : str or path
            Where; ".npz" is appended if it is not there. What stood there stays until the new one is whole.
        """
        _save(path, self.network, self.output_size, self.parameters)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote.

        Parameters
        ----------
        path : str or path
            As it was given to `save`.
        """
        network, output_size, arrays = _load(path)
        model = cls(network, output_size)  # type: ignore[call-arg]
        for value, array in zip(model.parameters, arrays, strict=True):
            value[...] = array
        return model

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # a copy shares nothing

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.network!r}, output_size={self.output_size})"


def _save(path: str | os.PathLike[str], network: Network, output_size: int, arrays: Sequence[Array]) -> None:
    path = _npz(path)
    kind = type(network).__name__
    if KINDS.get(kind) is not type(network):
        raise ValueError(f"network must be of a registered kind to be saved, {', '.join(KINDS)}; got {kind}")
    said = json.dumps({"network": kind, "options": network.config, "output_size": output_size})
    handle, part = tempfile.mkstemp(".part", f"{path.name}-", path.parent)
    try:
        with open(handle, "wb") as file:
            np.savez(file, model=said, network=arrays[0], readout=arrays[1])
        os.chmod(part, 0o666 & ~_umask())  # mkstemp's files are for their owner alone
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _load(path: str | os.PathLike[str]) -> tuple[Network, int, list[Array]]:
    path = Path(path) if Path(path).is_file() else _npz(path)
    with open(path, "rb") as file:  # a file that is not there, or not to be read, says so itself
        try:
            with np.load(file, allow_pickle=False) as stored:
                said = json.loads(str(stored["model"]))
                arrays = [finite_array(name, stored[name]) for name in ("network", "readout")]
            kind: Any = KINDS[said["network"]]
            network, output_size = kind(**said["options"]), said["output_size"]
            shapes = [network.vector.shape, (output_size * (network.hidden_size + 1),)]
            if [array.shape for array in arrays] != shapes:
                raise ValueError(f"arrays of {shapes} were wanted")
        except Exception as error:  # a damaged file can fail anywhere in zipfile, zlib, NumPy, json
            raise ValueError(f"path must name a whole file that Model.save wrote, got {path!s}") from error
    return network, output_size, arrays


def _npz(path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
