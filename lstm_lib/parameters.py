"""Parameters that hear every write: by attribute, by name, or in the one vector they are views of."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np

from .checks import Array, finite_array, one_of, real_number, shape_text, whole_number


class Parameter:
    """A parameter as an attribute: reading gives its place in the vector, writing copies into it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, net: Any, owner: type) -> Any:
        if net is None:
            return self
        if self.name not in net.params:
            kind, names = type(net).__name__, ", ".join(net.params)
            raise AttributeError(f"{kind} has no {self.name!r}; its parameters are {names}")
        return net.params[self.name]

    def __set__(self, net: Any, value: Any) -> None:
        self.__get__(net, type(net))
        net.params[self.name] = value


class Parameters(MutableMapping[str, Array]):
    """Parameters by name. `params["b_f"] = value` copies in, as `lstm.b_f = value` does."""

    def __init__(self, views: Mapping[str, Array]) -> None:
        self._views = dict(views)

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._views:
            raise KeyError(f"{name!r} cannot be set; the parameters are {', '.join(self._views)}")
        view = self._views[name]
        view[...] = finite_array(name, value, view.dtype, view.shape)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name!r} cannot be deleted: a network keeps all its parameters")

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        return f"<Parameters {', '.join(f'{name} {shape_text(v.shape)}' for name, v in self.items())}>"


def forget_bias_start(forget_bias: Any, t_max: Any, H: int, rng: "np.random.Generator") -> Array:
    """Where b_f starts: at a number, or "chrono", log u with u uniform in [1, t_max − 1]."""
    if isinstance(forget_bias, str):
        one_of("forget_bias", forget_bias, ("chrono",))
        if t_max is None:
            raise ValueError('t_max must be given with forget_bias="chrono", got None')
        start: Array = np.log(rng.uniform(1, whole_number("t_max", t_max, least=3) - 1, H))
        return start
    if t_max is not None:
        raise ValueError(f't_max goes with forget_bias="chrono", got forget_bias={forget_bias!r}')
    return np.full(H, real_number("forget_bias", forget_bias))
