"""What turns gradients into changes of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from .checks import Array, quiet, real_number

Arrays = Sequence[Array]


class Optimizer(Protocol):
    """Whatever can change parameters, given their gradients."""

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change the parameters in place."""


class _Moving:
    """An optimizer that keeps arrays of moments beside each parameter, and serves one set of parameters."""

    count: int  # arrays it keeps for each parameter

    def __init__(self, learning_rate: Any) -> None:
        self.learning_rate = real_number("learning_rate", learning_rate, above=0)
        self._moments: list[list[Array]] = []
        self._parameters: list[Array] = []

    @quiet
    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change `parameters` in place, given the gradients.

        Parameters
        ----------
        parameters, gradients : sequence of ndarray
            In the same order; the same parameters each time.
        """
        if not self._moments:
            self._moments = [[np.zeros_like(value) for _ in range(self.count)] for value in parameters]
        known = self._parameters or list(parameters)
        shapes = [moments[0].shape for moments in self._moments]
        if [value.shape for value in parameters] != shapes or any(
            a is not b for a, b in zip(known, parameters, strict=True)
        ):
            raise ValueError(
                f"parameters must be those of the steps before, arrays of {shapes}, whose moments this "
                f"{type(self).__name__} keeps; got others: make a new {type(self).__name__} for them"
            )
        self._parameters = known
        self._update(parameters, gradients)

    def _update(self, parameters: Arrays, gradients: Arrays) -> None:
        raise NotImplementedError

    def keep(self, rows: Any) -> None:
        """Go on with some rows of each parameter, in new arrays, as when some of many trials are done.

        Parameters
        ----------
        rows : array_like
            What indexes axis 0 of every parameter.
        """
        self._moments = [[array[rows] for array in moments] for moments in self._moments]
        self._parameters = []

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_parameters": []}  # a copy serves the first parameters that it meets


class SGD(_Moving):
    """Stochastic gradient descent with momentum: v ← μ v − η ∇, θ ← θ + v (Polyak 1964).

    Parameters
    ----------
    learning_rate : float
        η, above 0.
    momentum : float
        μ, from 0 to below 1.
    """

    count = 1

    def __init__(self, learning_rate: float = 0.1, momentum: float = 0.0) -> None:
        super().__init__(learning_rate)
        self.momentum = _below_one("momentum", momentum)

    def _update(self, parameters: Arrays, gradients: Arrays) -> None:
        for value, gradient, (v,) in zip(parameters, gradients, self._moments, strict=True):
            v *= self.momentum
            v -= self.learning_rate * gradient
            value += v


class Adam(_Moving):
    """Adam (Kingma & Ba 2015, algorithm 1).

    Parameters
    ----------
    learning_rate : float
        α, above 0.
    beta1, beta2 : float
        Decay of the running means of the gradient and of its square, from 0 to below 1.
    eps : float
        Added to the root of the second, above 0.
    """

    count = 3  # m, v, and room to compute in

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        super().__init__(learning_rate)
        self.beta1, self.beta2 = _below_one("beta1", beta1), _below_one("beta2", beta2)
        self.eps = real_number("eps", eps, above=0)
        self.t = 0

    def _update(self, parameters: Arrays, gradients: Arrays) -> None:
        self.t += 1
        unbias1, unbias2 = 1 - self.beta1**self.t, 1 - self.beta2**self.t
        for value, gradient, (m, v, scratch) in zip(parameters, gradients, self._moments, strict=True):
            np.multiply(gradient, 1 - self.beta1, out=scratch)
            m *= self.beta1
            m += scratch  # m ← β₁ m + (1 − β₁) ∇
            np.multiply(gradient, gradient, out=scratch)
            scratch *= 1 - self.beta2
            v *= self.beta2
            v += scratch  # v ← β₂ v + (1 − β₂) ∇²
            np.sqrt(v, out=scratch)
            scratch *= unbias2**-0.5
            scratch += self.eps
            np.divide(m, scratch, out=scratch)
            scratch *= self.learning_rate / unbias1
            value -= scratch  # θ ← θ − α m̂ / (√v̂ + ε)


def _below_one(name: str, value: object) -> float:
    number = real_number(name, value)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be from 0 to below 1, got {value!r}")
    return number


@quiet
def gradient_norm(gradients: Arrays) -> float:
    """Joint Euclidean norm of arrays."""
    return float(np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients)))


@quiet
def clip_norm(gradients: Arrays, max_norm: float) -> float:
    """Scale gradients in place so that their joint norm is at most `max_norm` (Pascanu et al. 2013).

    Parameters
    ----------
    gradients : sequence of ndarray
    max_norm : float
        Above 0.

    Returns
    -------
    float
        The norm before.
    """
    max_norm = real_number("max_norm", max_norm, above=0)
    norm = gradient_norm(gradients)
    if norm > max_norm:
        for gradient in gradients:
            gradient *= max_norm / norm
    return norm
