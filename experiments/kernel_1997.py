"""The algorithm of 1997 for one network, sequence by sequence, compiled where numba is installed.

What `algorithm_1997` says in NumPy is here in loops: a sequence of 100 steps then costs some 20 µs, not
milliseconds, which is what hundreds of thousands of sequences, one an update, need. Without numba the same
functions run uncompiled, so that tests can compare the two anywhere. `python experiments/kernel_1997.py`
compares them as they are installed, and measures.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from algorithm_1997 import Network1997, as_targets

from lstm_lib.optimizers import SGD, Adam
from lstm_lib.tasks import Batch

try:
    from numba import njit
except ImportError:

    def njit(**options):
        """Leave a function as it is."""
        return lambda function: function


fast = njit(cache=True, error_model="numpy")


@fast
def forward(P, blocks, cells, forget, g_most, h_most, x, symbols, steps, y, g, s, h):
    """Read one sequence from a state of zero, into y, g, s and h.

    P holds a row for each that is read (the inputs, all gates and cells one step ago, the bias) and a column
    for each that reads: so that the loop inside has no sum in it, and becomes a vector. x (T, D) are numbers;
    or `symbols` (T,), whole numbers which stand for a one at that place. y (T + 1, n), s (T + 1, C), with a
    first row of zeros; g, h (T, C), which lie within g_most and h_most.
    """
    n = P.shape[1]
    D, gates = P.shape[0] - n - 1, n - blocks * cells
    for t in range(steps):
        now = y[t + 1]
        for i in range(n):
            now[i] = P[D + n, i]
        if len(symbols):
            row = P[symbols[t]]
            for i in range(n):
                now[i] += row[i]
        else:
            for d in range(D):
                row, value = P[d], x[t, d]
                for i in range(n):
                    now[i] += value * row[i]
        for j in range(n):
            row, value = P[D + j], y[t, j]
            for i in range(n):
                now[i] += value * row[i]
        for i in range(n):
            now[i] = 1 / (1 + np.exp(-now[i]))
        for c in range(blocks * cells):
            block = c // cells
            g[t, c] = g_most * (2 * now[gates + c] - 1)
            kept = s[t, c]
            if forget:
                kept *= now[2 * blocks + block]
            s[t + 1, c] = kept + now[block] * g[t, c]
            h[t, c] = h_most * (2 / (1 + np.exp(-s[t + 1, c])) - 1)
            now[gates + c] = now[blocks + block] * h[t, c]


@fast
def answer(V, softmax, seen, out):
    """What the output units say of the cells, `seen`, into out; the last row of V are their biases."""
    C, K = V.shape[0] - 1, V.shape[1]
    for k in range(K):
        out[k] = V[C, k]
        for c in range(C):
            out[k] += seen[c] * V[c, k]
    if softmax:
        most, total = out.max(), 0.0
        for k in range(K):
            out[k] = np.exp(out[k] - most)
            total += out[k]
        for k in range(K):
            out[k] /= total
    else:
        for k in range(K):
            out[k] = 1 / (1 + np.exp(-out[k]))


@fast
def backward(
    P, V, blocks, cells, forget, g_most, h_most, full, x, symbols, steps, y, g, s, h, delta_k, G, H
):  # fmt: skip
    """Add one sequence's gradient to G, like P, and H, like V.

    delta_k (steps or 1, K) are the errors of the output units, at each step or at the last.
    """
    n, C, K = P.shape[1], blocks * cells, V.shape[1]
    D, gates = P.shape[0] - n - 1, n - C
    U = P[D : D + n].T.copy()
    delta, to_y = np.zeros(n), np.zeros(n)
    to_cell, state = np.zeros(C), np.zeros(C)
    for t in range(steps - 1, -1, -1):
        now, asked = y[t + 1], t == steps - 1 or len(delta_k) > 1
        if full:  # what all who read y(t) at t + 1 say
            to_y[:] = 0
            for i in range(n):
                row, value = U[i], delta[i]
                for j in range(n):
                    to_y[j] += value * row[j]
        to_cell[:] = to_y[gates:]
        if asked:
            wrong = delta_k[t if len(delta_k) > 1 else 0]
            for k in range(K):
                for c in range(C):
                    to_cell[c] += V[c, k] * wrong[k]
                    H[c, k] += now[gates + c] * wrong[k]
                H[C, k] += wrong[k]
        for i in range(gates):
            delta[i] = to_y[i] * now[i] * (1 - now[i]) if full else 0.0
        for c in range(C):
            block = c // cells
            y_in, y_out = now[block], now[blocks + block]
            if forget and t < steps - 1:
                state[c] *= y[t + 2, 2 * blocks + block]
            state[c] += to_cell[c] * y_out * 0.5 * (h_most - h[t, c] ** 2 / h_most)
            delta[block] += state[c] * y_in * (1 - y_in) * g[t, c]
            delta[blocks + block] += to_cell[c] * y_out * (1 - y_out) * h[t, c]
            if forget:
                y_f = now[2 * blocks + block]
                delta[2 * blocks + block] += state[c] * y_f * (1 - y_f) * s[t, c]
            delta[gates + c] = state[c] * y_in * 0.5 * (g_most - g[t, c] ** 2 / g_most)
        if len(symbols):
            row = G[symbols[t]]
            for i in range(n):
                row[i] += delta[i]
        else:
            for d in range(D):
                row, value = G[d], x[t, d]
                for i in range(n):
                    row[i] += value * delta[i]
        for j in range(n):
            row, value = G[D + j], y[t, j]
            for i in range(n):
                row[i] += value * delta[i]
        row = G[D + n]
        for i in range(n):
            row[i] += delta[i]


@fast
def change(value, gradient, m, v, rate, adam, update):
    """One update of flat arrays: gradient descent, or Adam."""
    if not adam:
        for i in range(len(value)):
            value[i] -= rate * gradient[i]
        return
    step, unbias = rate / (1 - 0.9**update), (1 - 0.999**update) ** -0.5
    for i in range(len(value)):
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2
        value[i] -= step * m[i] / (np.sqrt(v[i]) * unbias + 1e-8)


@fast
def met(largest, mean, within, wrong, below, reached, seen):
    """Note the stages which the last sequences meet; tell whether there is a new one."""
    new = False
    for k in range(len(within)):
        if reached[k] >= 0:
            continue
        count = 0
        for error in largest:
            count += not error < within[k]  # an error that is not a number counts
            if count > wrong[k]:
                break
        if count <= wrong[k] and mean.mean() < below[k]:
            reached[k], new = seen, True
    return new


@fast
def learn(
    P, V, biases, output_biases, moments, blocks, cells, forget, g_most, h_most, softmax, full, adam, rate,
    batch, x, symbols, lengths, target, judged, start, stop, seen, largest, mean, within, wrong, below,
    reached,
):  # fmt: skip
    """Learn from the sequences `start` to `stop`, less than `batch` of them left; give where it stopped.

    It stops early after an update with which the last sequences, whose errors are kept in the rings `largest`
    and `mean`, meet a stage for the first time.
    """
    n, K, C, longest = P.shape[1], V.shape[1], blocks * cells, lengths[start:stop].max()
    y, s = np.zeros((longest + 1, n)), np.zeros((longest + 1, C))
    g, h = np.empty((longest, C)), np.empty((longest, C))
    G, H = np.empty_like(P), np.empty_like(V)
    every = target.shape[1] > 1
    out, delta_k = np.empty(K), np.empty((longest if every else 1, K))
    nothing, none = np.empty((0, 0)), np.empty(0, np.int64)
    window, at, last_wrong = len(largest), start, -1
    # where in the past the last error was that no stage allows: until it has left the ring, none is met
    most = within.max() if len(within) else 0.0
    strict = wrong.max() == 0 if len(wrong) else True
    if strict:
        for back in range(min(window, seen)):
            if not largest[(seen - 1 - back) % window] < most:
                last_wrong = seen - 1 - back
                break
    while at + batch <= stop:
        G[:] = 0
        H[:] = 0
        for b in range(at, at + batch):
            one_x = nothing if len(symbols) else x[b]
            one_symbols = symbols[b] if len(symbols) else none
            steps = lengths[b]
            forward(P, blocks, cells, forget, g_most, h_most, one_x, one_symbols, steps, y, g, s, h)
            worst, total, asked = 0.0, 0.0, steps if every else 1
            for t in range(asked):
                answer(V, softmax, y[t + 1 if every else steps, n - C :], out)
                for k in range(K):
                    off = abs(out[k] - judged[b, t, k])
                    total += off
                    if not off <= worst:
                        worst = off
                    delta_k[t, k] = (out[k] - target[b, t, k]) / batch
                    if not softmax:
                        delta_k[t, k] *= out[k] * (1 - out[k])
            largest[seen % window], mean[seen % window] = worst, total / (K * asked)
            if not worst < most:
                last_wrong = seen
            seen += 1
            errors = delta_k[:asked]
            backward(
                P, V, blocks, cells, forget, g_most, h_most, full, one_x, one_symbols, steps, y, g, s, h,
                errors, G, H,
            )  # fmt: skip
        for i in range(n):
            G[-1, i] *= biases[i]
        for k in range(K):
            H[-1, k] *= output_biases
        update = seen // batch
        change(P.reshape(-1), G.reshape(-1), moments[0], moments[1], rate, adam, update)
        change(V.reshape(-1), H.reshape(-1), moments[2], moments[3], rate, adam, update)
        at += batch
        quiet = not strict or seen - 1 - last_wrong >= window
        if seen >= window and quiet and met(largest, mean, within, wrong, below, reached, seen):
            break
    return at


@fast
def examine(P, V, blocks, cells, forget, g_most, h_most, softmax, x, symbols, lengths, judged, within, most):
    """Answer sequences without learning, until more than `most` are off: how many are, and the mean error."""
    n, K, C, longest = P.shape[1], V.shape[1], blocks * cells, lengths.max()
    y, s = np.zeros((longest + 1, n)), np.zeros((longest + 1, C))
    g, h, out = np.empty((longest, C)), np.empty((longest, C)), np.empty(K)
    nothing, none = np.empty((0, 0)), np.empty(0, np.int64)
    count, total = 0, 0.0
    for b in range(len(lengths)):
        one_x = nothing if len(symbols) else x[b]
        one_symbols = symbols[b] if len(symbols) else none
        forward(P, blocks, cells, forget, g_most, h_most, one_x, one_symbols, lengths[b], y, g, s, h)
        answer(V, softmax, y[lengths[b], n - C :], out)
        right = True
        for k in range(K):
            off = abs(out[k] - judged[b, 0, k])
            right &= off < within
            total += off / K
        count += not right
        if count > most:
            break
    return count, total / len(lengths)


@fast
def misread(P, V, blocks, cells, forget, g_most, h_most, softmax, symbols, lengths, legal, most):
    """Read strings until more than `most` have a mistake: how many have one.

    It is one if at any step a symbol that may follow is no more active than one that may not. symbols (S, T),
    legal (S, T, K).
    """
    n, K, C, longest = P.shape[1], V.shape[1], blocks * cells, lengths.max()
    y, s = np.zeros((longest + 1, n)), np.zeros((longest + 1, C))
    g, h, out, nothing = np.empty((longest, C)), np.empty((longest, C)), np.empty(K), np.empty((0, 0))
    count = 0
    for b in range(len(lengths)):
        forward(P, blocks, cells, forget, g_most, h_most, nothing, symbols[b], lengths[b], y, g, s, h)
        for t in range(lengths[b]):
            answer(V, softmax, y[t + 1, n - C :], out)
            least, greatest = np.inf, -np.inf
            for k in range(K):
                if legal[b, t, k]:
                    least = min(least, out[k])
                else:
                    greatest = max(greatest, out[k])
            if not least > greatest:
                count += 1
                break
        if count > most:
            break
    return count


def joined(net):
    """P and V of a network, as `forward` and `answer` read them."""
    W, U, b, V, c = net.parameters
    return np.ascontiguousarray(np.vstack([W.T, U.T, b])), np.ascontiguousarray(np.vstack([V.T, c]))


def give_back(net, P, V):
    """Put P and V into the network that they were made of."""
    D, n = net.D, net.n
    parts = P[:D].T, P[D : D + n].T, P[-1], V[:-1].T, V[-1]
    for value, part in zip(net.parameters, parts, strict=True):
        value[...] = part


@dataclass(frozen=True)
class Examined:
    """Met when, of `size` sequences drawn anew each time, at most `wrong` are off by `within`.

    And when their mean error is below `mean`. Looked at after each `every` sequences of training. The paper
    does not say how often: for its experiment 3 it gives means of ten trials which are multiples of ten, for
    2c means of 20 in thousands.
    """

    within: float
    mean: float = np.inf
    wrong: int = 0
    size: int = 256
    every: int = 100

    def __str__(self) -> str:
        most = f"at most {self.wrong}" if self.wrong else "none"
        mean = f", mean error below {self.mean:g}" if self.mean < np.inf else ""
        return f"of {self.size} test sequences {most} off by {self.within:g} or more{mean}"


class Learner:
    """A network as the compiled functions want it, and what they learn with."""

    def __init__(self, net, rate, batch=1, adam=False, full=False):
        self.net = net
        self.P, self.V = joined(net)
        moments = tuple(np.zeros(p.size) for p in (self.P, self.P, self.V, self.V))
        self.shape = net.blocks, net.cells, net.forget_ is not None, net.g_most, net.h_most
        masks = net.has_bias, float(net.has_output_bias)
        self.how = (*masks, moments, *self.shape, net.softmax, full, adam, float(rate), batch)

    def learn(self, sequences, start, stop, seen, rings, stages):
        """Learn from some sequences; see `learn`."""
        return learn(self.P, self.V, *self.how, *sequences, start, stop, seen, *rings, *stages)

    def examine(self, sequences, within, most):
        """Answer sequences; see `examine`."""
        x, symbols, lengths, _, judged = sequences
        net = self.net
        return examine(self.P, self.V, *self.shape, net.softmax, x, symbols, lengths, judged, within, most)


def prepared(batch, K, judged=None):
    """A batch with the sequences first: x, symbols, lengths, target, and the target without noise.

    x (T, B, D) are numbers, or (T, B) whole ones, the place of a one.
    """
    T, B = batch.x.shape[:2]
    x, symbols = np.empty((0, 0, 0)), np.empty((0, 0), np.int64)
    if batch.x.ndim == 2:
        symbols = np.ascontiguousarray(batch.x.T, np.int64)
    else:
        x = np.ascontiguousarray(batch.x.swapaxes(0, 1), float)
    lengths = np.full(B, T) if batch.lengths is None else batch.lengths
    target = as_targets(batch.target, K)
    target = np.ascontiguousarray(target.swapaxes(0, 1) if target.ndim == 3 else target[:, None], float)
    judged = target if judged is None else np.ascontiguousarray(judged(batch)[:, None], float)
    return x, symbols, np.asarray(lengths, np.int64), target, judged


def train(
    net, draw, stages, *, rate, budget, seed, batch=1, adam=False, full=False, judged=None, test=2560,
    chunk=512,
):  # fmt: skip
    """Train until each stage is met or the budget is used, and test.

    Parameters
    ----------
    net : Network1997
        Trained in place.
    draw : callable
        draw(B=, seed=) gives a batch with lengths, asked at the end; its x may be symbols, (T, B).
    stages : dict
        Criteria by name: `modern.Criterion`, all of one window, of the sequences learnt from, each by the
        answer before learning from it; or `Examined`. The last one is success.
    rate : float
    budget : int
        Sequences at most.
    seed : int
        For the sequences.
    batch, adam, full
        1, False and False in the paper: sequences an update, Adam in place of gradient descent, and the full
        in place of the truncated gradient.
    judged : callable, optional
        judged(batch) gives the targets without their noise, by which answers are judged.
    test : int
        Fresh sequences when a stage is met, and at the end.
    chunk : int
        Sequences drawn at once.

    Returns
    -------
    dict
        Whether it `solved` the task, `sequences` to success or None, `trained_on`, the mean absolute `error`
        over the last sequences at success (or the end), `wrong_of_2560` fresh sequences there, and `stages`:
        for each that was met `sequences`, `wrong_of_2560`, and the mean absolute error of these, `off`.
    """
    learner, rng = Learner(net, rate, batch, adam, full), np.random.default_rng([seed, 1])
    watching = {name: stage for name, stage in stages.items() if not isinstance(stage, Examined)}
    testing = {name: stage for name, stage in stages.items() if isinstance(stage, Examined)}
    *_, (last, success) = stages.items()
    (window,) = {stage.window for stage in watching.values()} or {256}
    rings = np.ones(window), np.ones(window)
    reached = np.full(len(watching), -1)
    limits = [[getattr(s, name) for s in watching.values()] for name in ("within", "wrong", "mean")]
    limits = np.array(limits[0], float), np.array(limits[1], int), np.array(limits[2], float)
    fresh = prepared(draw(B=test, seed=np.random.default_rng([seed, 2])), net.K, judged)
    ((every, size),) = {(stage.every, stage.size) for stage in testing.values()} or {(budget, 0)}
    drawing = np.random.default_rng([seed, 3])

    def now(sequences):
        wrong, off = learner.examine(fresh, success.within, test)
        recent = rings[1][: min(seen, window)].mean() if seen else 1.0
        return {"sequences": sequences, f"wrong_of_{test}": wrong, "off": float(off), "error": float(recent)}

    def passes(stage, drawn):
        wrong, off = 0, 0.0
        for piece, start in enumerate(range(0, size, 1000)):
            if piece == len(drawn):
                drawn.append(prepared(draw(B=min(1000, size - start), seed=drawing), net.K, judged))
            more, mean = learner.examine(drawn[piece], stage.within, stage.wrong - wrong)
            wrong, off = wrong + more, off + mean * len(drawn[piece][2]) / size
            if wrong > stage.wrong:
                return False
        return off < stage.mean

    found, seen = {}, 0
    while seen + batch <= budget and len(found) < len(stages):
        sequences = prepared(draw(B=chunk * batch, seed=rng), net.K, judged)
        at = 0
        while at < chunk * batch and seen + batch <= budget and len(found) < len(stages):
            stop = min(chunk * batch, at + budget - seen, at + every - seen % every)
            done = learner.learn(sequences, at, stop, seen, rings, (*limits, reached))
            if done == at:
                break
            at, seen = done, seen + done - at
            for (name, stage), when in zip(watching.items(), reached, strict=True):
                if when >= 0 and name not in found:
                    found[name] = now(int(when) - stage.window * stage.watched)
            if testing and seen % every == 0:
                drawn = []  # in pieces, since the first wrong answers may tell
                for name, stage in testing.items():
                    if name not in found and passes(stage, drawn):
                        found[name] = now(seen)
    end = found.get(last) or now(None)
    give_back(net, learner.P, learner.V)
    return {
        "solved": last in found,
        "sequences": end["sequences"],
        "trained_on": seen,
        "error": end["error"],
        f"wrong_of_{test}": end[f"wrong_of_{test}"],
        "off": end["off"],
        "stages": found,
    }


def all_ways():
    """All that `difference` can be asked for."""
    return product((1, 3), ("numbers", "symbols"), *((False, True),) * 5)


def difference(batch, kind, adam, full, forget, softmax, at_the_end):
    """The largest difference from NumPy's weights and errors in 20 updates, as a share of the largest."""
    S, T, rng = 20 * batch, 6, np.random.default_rng(0)
    lengths = rng.integers(3, T + 1, S) if at_the_end else np.full(S, T)
    target = rng.uniform(size=(S, 3) if at_the_end else (T, S, 3))
    target /= target.sum(-1, keepdims=True)
    x = seen = rng.normal(size=(T, S, 4))
    if kind == "symbols":
        x = rng.integers(4, size=(T, S))
        seen = np.eye(4)[x]
    how = dict(reach=1.0, biased="all" if full else "gates", forget_bias="chrono" if forget else None)
    how |= dict(g_most=1.0, h_most=3.0) if softmax else {}
    net, other = (Network1997(4, 2, 2, 3, softmax=softmax, seed=1, **how) for _ in range(2))
    learner, none = Learner(net, 0.1, batch, adam, full), np.empty(0)
    rings, no_stage = (np.ones(S), np.ones(S)), (none, none.astype(int), none, none.astype(int))
    learner.learn(prepared(Batch(x, target, lengths), 3), 0, S, 0, rings, no_stage)
    give_back(net, learner.P, learner.V)
    optimizer, errors = (Adam if adam else SGD)(0.1), []
    for now in (slice(at, at + batch) for at in range(0, S, batch)):
        did = other.forward(seen[:, now], lengths[now] - 1 if at_the_end else None)
        wanted = target[None, now] if at_the_end else target[:, now]
        errors.append(np.abs(did.out - wanted))
        optimizer.step(other.parameters, other.gradients(did, wanted, full))
    errors = np.concatenate(errors, 1)
    found, wanted = [*net.parameters, *rings], [*other.parameters, errors.max((0, 2)), errors.mean((0, 2))]
    largest = (abs(w).max() or 1.0 for w in wanted)
    return max(abs(f - w).max() / m for f, w, m in zip(found, wanted, largest, strict=True))


if __name__ == "__main__":
    print(f"largest difference from NumPy: {max(difference(*how) for how in all_ways()):.1e}")
