"""Full gate recurrence, the last of the eight variants of Greff et al. 2017: the gates read all gates."""

import numpy as np

from lstm_lib import LSTM, sigmoid


class FullGates(LSTM):
    """An LSTM whose gates read the three gates of the step before, as those of 1997 did.

    Each U has shape (H, 4H) and reads h, o, i and f; of U_g all but the first H columns stay zero. Before the
    first step the gates are 0.
    """

    def __init__(self, input_size, hidden_size, forget_bias=1.0, seed=0, dtype=np.float64, *, t_max=None):
        rng = np.random.default_rng(seed)
        super().__init__(input_size, hidden_size, forget_bias, rng, dtype, t_max=t_max)
        H, columns = self.hidden_size, self._P.shape[1]
        P = np.zeros((4 * H, columns + 3 * H), self.dtype)
        P[:, :columns] = self._P
        P[H:, columns:] = rng.uniform(-(H**-0.5), H**-0.5, (3 * H, 3 * H))
        self.__dict__.update(vector=P.ravel(), _P=P, params=self._split(P.ravel()))

    def _matrix(self, vector):
        return vector.reshape(4 * self.hidden_size, -1)

    def forward(self, x, h0=None, c0=None, *, lengths=None):
        """Run over whole sequences; arguments, errors and trace as those of `LSTM.forward`."""
        given = self._arguments(x, h0, c0, lengths)
        (T, D, B), H = given.x.shape, self.hidden_size
        S = np.zeros((T + 1, D + 1 + 4 * H, B), self.dtype)  # x; 1; h, o, i, f of the step before
        G, tanh_c = np.empty((2, T, H, B), self.dtype)
        C = np.empty((T + 1, H, B), self.dtype)
        h, gates = S[:, D + 1 : D + 1 + H], S[:, D + 1 + H :]
        S[:T, :D], S[:, D], h[0], C[0] = given.x, 1, given.h0, given.c0
        with np.errstate(all="ignore"):  # what leaves the range is reported by _trace
            for t in range(T):
                a = self._P @ S[t]
                G[t], gates[t + 1] = np.tanh(a[:H]), sigmoid(a[H:])
                o, i, f = np.split(gates[t + 1], 3)
                C[t + 1] = f * C[t] + i * G[t]
                tanh_c[t] = np.tanh(C[t + 1])
                h[t + 1] = o * tanh_c[t]
        o, i, f = np.split(gates[1:], 3, axis=1)
        arrays = {"x": S[:T, :D], "f": f, "i": i, "g": G, "o": o, "c": C[1:], "h": h[1:], "tanh_c": tanh_c}
        return self._trace(given, arrays | {"h0": h[0], "c0": C[0]}, _buffers=(S, G, C, tanh_c))

    def backward(self, trace, dh=None, *, dh_last=None):
        """Backpropagation through time; arguments and errors as in `LSTM.backward`."""
        said, dh_end, _, _ = self._loss_says(trace, dh, dh_last)
        S, G, C, tanh_c = trace._buffers
        (T, H, B), D = G.shape, self.input_size
        dA, DX = np.empty((T, 4 * H, B), self.dtype), np.zeros((T, D, B), self.dtype)
        DH, dvector = np.empty((T, H, B), self.dtype), np.zeros_like(self.vector)
        back, dc = np.zeros((4 * H, B), self.dtype), np.zeros((H, B), self.dtype)
        with np.errstate(all="ignore"):  # what leaves the range is reported by _gradients
            for t in reversed(range(T)):
                gates = S[t + 1, D + 1 + H :]
                o, i, f = np.split(gates, 3)
                DH[t] = back[:H] + (dh_end if t == T - 1 else 0 if said is None else said[t])
                dc = dc + DH[t] * o * (1 - tanh_c[t] ** 2)
                dgates = back[H:] + np.concatenate([DH[t] * tanh_c[t], dc * G[t], dc * C[t]])
                dA[t, :H] = dc * i * (1 - G[t] ** 2)
                dA[t, H:] = dgates * gates * (1 - gates)
                back, dc = self._P[:, D + 1 :].T @ dA[t], dc * f
            self._sum_run(range(T), dA, S, slice(None), dvector, DX)
        self._matrix(dvector)[:H, D + 1 + H :] = 0  # the candidate reads no gates
        return self._gradients(trace, dvector, {"x": DX, "h": DH, "h0": back[:H], "c0": dc})
