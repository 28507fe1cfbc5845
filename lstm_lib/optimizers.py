"""What turns gradients into changes of the parameters."""

import operator
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from .checks import Array, quiet, real_number
from .mends import keywords

Arrays = Sequence[Array]


class Optimizer(Protocol):
    """Whatever can change parameters in place, given their gradients in the same order."""

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Make one update."""


class SGD:
    """Stochastic gradient descent, θ ← θ − η ∇; the learning rate η is above 0."""

    @keywords()
    def __init__(self, learning_rate: float = 0.1) -> None:
        self.learning_rate = real_number("learning_rate", learning_rate, above=0)

    @quiet
    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change `parameters` in place, given the gradients in their order."""
        for value, gradient in zip(parameters, gradients, strict=True):
            value -= self.learning_rate * gradient


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1). It keeps moments of the parameters, so it serves one set of them.

    The learning rate is above 0; beta1 and beta2, the decay of the running means of the gradient and of its
    square, from 0 to below 1; eps, added to the root of the second, above 0.
    """

    @keywords()
    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.learning_rate = real_number("learning_rate", learning_rate, above=0)
        self.beta1, self.beta2 = real_number("beta1", beta1), real_number("beta2", beta2)
        for name, beta in (("beta1", beta1), ("beta2", beta2)):
            if not 0 <= beta < 1:
                raise ValueError(f"{name} must be from 0 to below 1, got {beta!r}")
        self.eps, self.t = real_number("eps", eps, above=0), 0
        self._moments: list[list[Array]] = []  # of each parameter: m, v, and room to compute in
        self._parameters: list[Array] = []

    @quiet
    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change `parameters`, the same ones each time, in place, given the gradients in their order."""
        if not self._moments:
            self._moments = [[np.zeros_like(value) for _ in range(3)] for value in parameters]
        known = self._parameters or list(parameters)
        shapes = [moments[0].shape for moments in self._moments]
        if [value.shape for value in parameters] != shapes or any(map(operator.is_not, known, parameters)):
            raise ValueError(
                f"parameters must be those of the steps before, arrays of {shapes}, whose moments this Adam "
                "keeps; got others: make a new Adam for them"
            )
        self._parameters, self.t = known, self.t + 1
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

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_parameters": []}  # a copy serves the first parameters that it meets


@quiet
def clip_norm(gradients: Arrays, max_norm: float | None) -> float:
    """Scale gradients in place to a joint norm of at most `max_norm`; give the old (Pascanu et al. 2013)."""
    max_norm = np.inf if max_norm is None else real_number("max_norm", max_norm, above=0)
    norm = float(np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients)))
    if not 1e-15 < norm < np.inf:  # the squares may have left the range
        most = max((float(np.abs(gradient).max()) for gradient in gradients if gradient.size), default=0.0)
        if 0 < most < np.inf:
            parts = (np.linalg.norm((gradient / most).astype(float)) for gradient in gradients)
            norm = most * float(np.linalg.norm([*parts]))
    if max_norm < norm < np.inf:
        for gradient in gradients:
            gradient *= max_norm / norm
    return norm
