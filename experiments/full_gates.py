"""Full gate recurrence, the last of the eight variants of Greff et al. 2017: the gates read all gates."""

import numpy as np

from lstm_lib import LSTM, register, sigmoid
from lstm_lib.network import flush


@register
class FullGates(LSTM):
    """An LSTM whose gates read the three gates of the step before, as those of 1997 did.

    Each U has shape (H, 4H) and reads h, o, i and f; of U_g all but the first H columns stay zero. Before the
    first step the gates are 0.
    """

    def __init__(self, input_size, hidden_size, forget_bias=1.0, seed=0, dtype=np.float64, *, t_max=None):
        rng = np.random.default_rng(seed)
        super().__init__(input_size, hidden_size, forget_bias, rng, dtype, t_max=t_max)
        H, plain = self.hidden_size, super().columns
        self.P[H:, plain:] = rng.uniform(-(H**-0.5), H**-0.5, (3 * H, 3 * H))

    @property
    def columns(self):
        return super().columns + 3 * self.hidden_size

    def start(self, rng):
        reach = self.hidden_size**-0.5
        for name, value in self.params.items():
            if name[0] in "WU":
                columns = self.input_size if name[0] == "W" else self.hidden_size
                value[:, :columns] = rng.uniform(-reach, reach, (self.hidden_size, columns))

    def run(self, given):
        (T, D, B), H = given.x.shape, self.hidden_size
        # S holds x; 1; h, o, i, f of the step before
        shapes = (T + 1, D + 1 + 4 * H, B), (T, H, B), (T, H, B), (T + 1, H, B)
        block, root = self.memory.borrow("forward", *shapes)
        S, G, tanh_c, C = block.arrays
        h, gates = S[:, D + 1 : D + 1 + H], S[:, D + 1 + H :]
        S[:T, :D], S[:, D], h[0], gates[0], C[0] = given.x, 1, given.starts[0], 0, given.starts[1]
        for t in range(T):
            a = self.P @ S[t]
            G[t], gates[t + 1] = np.tanh(a[:H]), sigmoid(a[H:])
            o, i, f = np.split(gates[t + 1], 3)
            C[t + 1] = f * C[t] + i * G[t]
            tanh_c[t] = np.tanh(C[t + 1])
            h[t + 1] = o * tanh_c[t]
        o, i, f = np.split(gates[1:], 3, axis=1)
        shows = {"x": S[:T, :D], "f": f, "i": i, "g": G, "o": o, "c": C[1:], "h": h[1:], "tanh_c": tanh_c}
        return block, root, shows | {"h0": h[0], "c0": C[0]}

    def run_back(self, trace, said):
        S, G, tanh_c, C = trace._block.arrays
        (T, H, B), D = G.shape, self.input_size
        block, root = self.memory.borrow("backward", (T + 1, H, B), (T + 1, H, B), (T, D, B), (T, 4 * H, B))
        DH, DC, DX, dA = block.arrays
        DX[...], dvector = 0, np.zeros_like(self.vector)
        back, dc_next = np.zeros((4 * H, B), self.dtype), np.zeros((H, B), self.dtype)
        for t in reversed(range(T)):
            gates = S[t + 1, D + 1 + H :]
            o, i, f = np.split(gates, 3)
            DH[t + 1] = back[:H] + said.h.get(t, 0)
            DC[t + 1] = dc = dc_next + said.c.get(t, 0) + DH[t + 1] * o * (1 - tanh_c[t] ** 2)
            dgates = back[H:] + np.concatenate([DH[t + 1] * tanh_c[t], dc * G[t], dc * C[t]])
            dA[t, :H] = dc * i * (1 - G[t] ** 2)
            dA[t, H:] = dgates * gates * (1 - gates)
            back, dc_next = self.P[:, D + 1 :].T @ dA[t], dc * f
            if t % 16 == 0:
                flush(back, dc_next)
        DH[0], DC[0] = back[:H], dc_next
        self.sum_run(range(T), dA, S, slice(None), dvector, DX)
        dvector.reshape(self.P.shape)[:H, D + 1 + H :] = 0  # the candidate reads no gates
        return root, dvector, {"x": DX, "h": DH[1:], "c": DC[1:], "h0": DH[0], "c0": DC[0]}
