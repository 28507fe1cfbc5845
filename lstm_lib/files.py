"""Models in files, whole or not at all."""

import copy
import json
import os
import secrets
from pathlib import Path
from typing import Any, Self

import numpy as np

from .checks import finite_array
from .network import KINDS, Helpful, Network


class Stored(Helpful):
    """What a model is when it is written, read, copied or shown."""

    network: Network
    output_size: int
    parameters: Any

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to an .npz file without pickles; ".npz" is appended to a `path` without it.

        What stood there stays until the new file is whole.
        """
        path, kind = _npz(path), type(self.network).__name__
        if KINDS.get(kind) is not type(self.network):
            known = ", ".join(KINDS)
            raise ValueError(f"network must be of a registered kind to be saved, {known}; got {kind}")
        said = {"network": kind, "options": self.network.config, "output_size": self.output_size}
        network, readout = self.parameters
        part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
        try:
            with open(part, "xb") as file:
                np.savez(file, model=json.dumps(said), network=network, readout=readout)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote, by the `path` that it was given."""
        path = _npz(path) if _npz(path).is_file() else Path(path)
        said: Any = None
        with open(path, "rb") as file:  # a file that is not there, or not to be read, says so itself
            try:
                with np.load(file, allow_pickle=False) as stored:
                    said = json.loads(str(stored["model"]))
                    network = KINDS[said["network"]](**said["options"])
                    model = cls(network, said["output_size"])  # type: ignore[call-arg]
                    for name, value in zip(("network", "readout"), model.parameters, strict=True):
                        value[...] = finite_array(name, stored[name], shape=value.shape)
            except Exception as error:  # a damaged file can fail anywhere in zipfile, zlib, NumPy, json
                kind = said.get("network") if isinstance(said, dict) else None
                if isinstance(kind, str) and kind not in KINDS:
                    known = ", ".join(KINDS)
                    mend = "import what registers it"
                    raise ValueError(
                        f"network must be of a registered kind, {known}; got {kind!r}: {mend}"
                    ) from None
                raise ValueError(f"path must name a whole file that Model.save wrote, got {path}") from error
        return model

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # a copy shares nothing

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.network!r}, output_size={self.output_size})"


def _npz(path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
