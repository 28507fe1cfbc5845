"""The gated recurrent unit, to compare with; arrays as in `lstm_lib.lstm`."""

from typing import Any

import numpy as np

from lstm_lib.checks import Array
from lstm_lib.memory import Block
from lstm_lib.network import Network, Parameter, flush, register
from lstm_lib.passes import Given, Said
from lstm_lib.trace import Trace


@register
class GRU(Network):
    """Gated recurrent unit (Cho et al. 2014, equations 5 to 8), to compare with.

    z, r = σ(W x_t + U h_{t−1} + b); n = tanh(W_n x_t + U_n (r ⊙ h_{t−1}) + b_n);
    h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n.

    Made as an `LSTM` is, by input_size, hidden_size, seed and dtype. The parameters of update gate, reset
    gate and candidate, W_z … W_n (H, D), U_z … U_n (H, H), b_z … b_n (H,), are there as an LSTM's are.
    """

    layers, infinity_stays = ("z", "r", "n"), True
    W_z, W_r, W_n = Parameter(), Parameter(), Parameter()
    U_z, U_r, U_n = Parameter(), Parameter(), Parameter()
    b_z, b_r, b_n = Parameter(), Parameter(), Parameter()

    def run(self, given: Given, **held: Any) -> tuple[Block, Array, dict[str, Array]]:
        (T, D, B), H = given.x.shape, self.hidden_size
        # S holds [x; 1; h_prev], R [x; 1; r ⊙ h_prev], Z the gates z, r, n
        block, root = self.memory.borrow("forward", (T + 1, D + 1 + H, B), (T, D + 1 + H, B), (T, 3, H, B))
        S, R, Z = block.arrays
        h = S[:, D + 1 :]
        S[:T, :D], S[:, D], h[0] = given.x, 1, given.starts[0]
        R[:, : D + 1] = S[:T, : D + 1]
        P_zr, P_n = self.P[: 2 * H], self.P[2 * H :]
        for t in range(T):
            z, r, n = Z[t]
            Z[t, :2] = 0.5 * np.tanh(0.5 * (P_zr @ S[t])).reshape(2, H, B) + 0.5
            np.multiply(r, h[t], R[t, D + 1 :])
            np.tanh(P_n @ R[t], n)
            h[t + 1] = z * h[t] + (1 - z) * n
        shows = {"x": S[:T, :D], "z": Z[:, 0], "r": Z[:, 1], "n": Z[:, 2], "h": h[1:], "h0": h[0]}
        return block, root, shows

    def run_back(self, trace: Trace, said: Said) -> tuple[Array, Array, dict[str, Array]]:
        S, R, Z = trace._block.arrays
        (T, _, H, B), D = Z.shape, self.input_size
        block, root = self.memory.borrow("backward", (T + 1, H, B), (T, D, B), (T, 3 * H, B))
        DH, DX, dA = block.arrays
        DH[T], DX[...], dvector = 0, 0, np.zeros_like(self.vector)
        U_zr, U_n = np.split(self.P[:, D + 1 :], [2 * H])
        for t in reversed(range(T)):
            z, r, n = Z[t]
            da_z, da_r, da_n = dA[t].reshape(3, H, B)
            dh, h_prev = DH[t + 1], S[t, D + 1 :]
            if t in said.h:
                dh += said.h[t]
            da_n[...] = dh * (1 - z) * (1 - n**2)
            drh = U_n.T @ da_n
            da_z[...] = dh * (h_prev - n) * z * (1 - z)
            da_r[...] = drh * h_prev * r * (1 - r)
            DH[t] = dh * z + drh * r + U_zr.T @ dA[t, : 2 * H]
            if t % 16 == 0:
                flush(DH[t])
        self.sum_run(range(T), dA[:, : 2 * H], S, slice(2 * H), dvector, DX)
        self.sum_run(range(T), dA[:, 2 * H :], R, slice(2 * H, None), dvector, DX)
        return root, dvector, {"x": DX, "h": DH[1:], "h0": DH[0]}
