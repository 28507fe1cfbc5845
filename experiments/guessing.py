"""Random weight guessing: small networks are drawn one after another, until one meets the criterion as it is.

Hochreiter & Schmidhuber (1997, section 5) say that many tasks which were used to praise an algorithm can be
solved sooner in this way, and 3a and 3b among their own.

A network reads fresh sequences, one after another, and is dropped at the mistake that rules out the
criterion. All that are read count, those of the networks before it included. Many networks read side by
side here; the counts are those of one after another.
"""

import numpy as np

SIDE_BY_SIDE = 512
REACH = 100.0  # of the weights: a tanh unit is then a switch, nearly always


class Guesses:
    """R networks of H tanh units: h_t = tanh(W x_t + U h_{t−1} + b), y = V h + c; all uniform in ±REACH."""

    def __init__(self, networks, inputs, units, answers, rng):
        def draw(*shape):
            return rng.uniform(-REACH, REACH, (networks, *shape)).astype(np.float32)

        self.W, self.U, self.b = draw(inputs, units), draw(units, units), draw(units)
        self.V, self.c = draw(answers, units), draw(answers)

    def answers(self, which, batch, every_step):
        """Of network which[k] to sequence k of the batch, (B, K) or (T, B, K)."""
        x, (T, B) = batch.x, batch.x.shape[:2]
        x = x if x.ndim == 2 else x.astype(np.float32)
        W, U, b = self.W[which], self.U[which], self.b[which]
        V, c = self.V[which], self.c[which]
        h, hs = np.zeros_like(b), np.empty((T, *b.shape), np.float32)
        symbols, one, columns = x.ndim == 2, U.shape[1] == 1, np.arange(B)
        for t in range(T):
            a = (W[columns, x[t]] if symbols else np.einsum("bd,bdh->bh", x[t], W)) + b
            a += U[:, 0] * h if one else np.einsum("bgh,bh->bg", U, h)
            h = hs[t] = np.tanh(a, a)
        if not every_step:
            h = hs[batch.lengths - 1, columns] if batch.lengths is not None else hs[-1]
            return np.einsum("bkh,bh->bk", V, h) + c
        return np.einsum("bkh,tbh->tbk", V, hs) + c


def judge(task, guesses, which, batch):
    """Largest and mean error of each sequence of a batch, (B,); numbers are read through σ, as in 1997."""
    classes = batch.target.dtype.kind in "iu"
    y = guesses.answers(which, batch, batch.target.ndim == 3 - classes)
    if not classes:
        y = 0.5 * np.tanh(0.5 * y) + 0.5
    errors = np.moveaxis(task.errors(y, batch), -2, 0).reshape(len(which), -1)
    return errors.max(1), errors.mean(1)


def guess(task, seed, quick=False):
    """Guess until a network meets the last criterion of a task, or its budget of sequences is used."""
    rng = np.random.default_rng(seed)
    criterion, budget = list(task.stages.values())[-1], 64 if quick else task.budget
    first = task.draw(B=1, seed=seed)
    inputs = task.symbols or first.x.shape[-1]
    read, networks, errors = 0, 0, []
    while read < budget:
        guesses = Guesses(SIDE_BY_SIDE, inputs, task.units, task.answers, rng)
        used, met, error = read_until_out(task, criterion, guesses, rng)
        errors.append(error)
        ends = read + np.cumsum(used)
        for k in np.flatnonzero(met):
            sequences = int(ends[k]) - criterion.window * criterion.watched
            if sequences <= budget:
                off = 0
                for _ in range(20):
                    batch = task.draw(B=128, seed=rng)
                    off += int((judge(task, guesses, np.full(128, k), batch)[0] >= criterion.within).sum())
                return {
                    "solved": True,
                    "sequences": sequences,
                    "trained_on": int(ends[k]),
                    "error": float(error[k]),
                    "wrong_of_2560": off,
                    "networks": networks + int(k) + 1,
                }
            break
        networks += int(np.count_nonzero(ends - used < budget))  # those begun
        read = int(ends[-1])
    return {
        "solved": False,
        "sequences": None,
        "trained_on": budget,
        "error": float(np.mean(errors)),
        "networks": networks,
    }


def read_until_out(task, criterion, guesses, rng):
    """Sequences that each network reads, whether it meets the criterion, and the mean error of these."""
    R, window, n = len(guesses.W), criterion.window, 1
    used, met, off, total = np.zeros(R, int), np.zeros(R, bool), np.zeros(R, int), np.zeros(R)
    alive = np.arange(R)
    while len(alive):
        n = min(n, max(1, R // len(alive)), window - used[alive[0]])
        batch = task.draw(B=len(alive) * n, seed=rng)
        largest, mean = judge(task, guesses, np.repeat(alive, n), batch)
        mistakes = off[alive, None] + np.cumsum(largest.reshape(-1, n) >= criterion.within, 1)
        sums = total[alive, None] + np.cumsum(mean.reshape(-1, n), 1)
        out = (mistakes > criterion.wrong) | (sums >= criterion.mean * window)
        last = np.where(out.any(1), out.argmax(1), n - 1)
        used[alive] += last + 1
        rows = np.arange(len(alive))
        off[alive], total[alive] = mistakes[rows, last], sums[rows, last]
        stays = ~out.any(1)
        met[alive[stays & (used[alive] == window)]] = True
        alive, n = alive[stays & (used[alive] < window)], 2 * n
    return used, met, total / used
