"""A second LSTM, RNN and GRU, written apart from lstm_lib and differentiated by HIPS autograd.

Each step is a function of a dict of parameters, on rows (B, features), one gate at a time.
"""

import autograd.numpy as anp
from autograd import grad


def expit(a):
    return 1 / (1 + anp.exp(-a))


def lstm(p, x, h, c, *, options, clamp=None, scale=None):
    """Every step of every series, as the papers write them."""
    seen = []

    def layer(gate, x_t, h, state, function):
        a = anp.dot(x_t, p["W_" + gate].T) + anp.dot(h, p["U_" + gate].T) + p["b_" + gate]
        if "p_" + gate in p:
            a = a + p["p_" + gate] * state
        return function(a)

    def held(gate, t, value):
        if scale and gate in scale:
            value = value * anp.broadcast_to(scale[gate], (len(x), *value.shape))[t]
        if clamp and gate in clamp:
            hold = anp.broadcast_to(clamp[gate], (len(x), *value.shape))[t]
            value = anp.where(anp.isnan(hold), value, anp.nan_to_num(hold))
        return value

    def identity(a):
        return a

    ones = anp.ones(h.shape)
    for t in range(len(x)):
        x_t = x[t]
        f = layer("f", x_t, h, c, expit) if options.get("forget_gate", True) else ones
        f = held("f", t, f)
        if options.get("coupled"):
            i = 1 - f
        else:
            i = layer("i", x_t, h, c, expit) if options.get("input_gate", True) else ones
        i = held("i", t, i)
        g = held(
            "g", t, layer("g", x_t, h, c, anp.tanh if options.get("input_activation", True) else identity)
        )
        c = f * c + i * g
        o = layer("o", x_t, h, c, expit) if options.get("output_gate", True) else ones
        o = held("o", t, o)
        h = o * (anp.tanh(c) if options.get("output_activation", True) else c)
        seen.append((f, i, g, o, c, h))
    return dict(zip("figoch", (anp.stack(series) for series in zip(*seen, strict=True)), strict=True))


def rnn(p, x, h, *, activation):
    seen = []
    for x_t in x:
        a = anp.dot(x_t, p["W"].T) + anp.dot(h, p["U"].T) + p["b"]
        h = anp.tanh(a) if activation == "tanh" else anp.maximum(a, 0)
        seen.append(h)
    return {"h": anp.stack(seen)}


def gru(p, x, h):
    seen = []

    def a(gate, x_t, h):
        return anp.dot(x_t, p["W_" + gate].T) + anp.dot(h, p["U_" + gate].T) + p["b_" + gate]

    for x_t in x:
        z, r = expit(a("z", x_t, h)), expit(a("r", x_t, h))
        n = anp.tanh(a("n", x_t, r * h))
        h = z * h + (1 - z) * n
        seen.append((z, r, n, h))
    return dict(zip("zrnh", (anp.stack(series) for series in zip(*seen, strict=True)), strict=True))


def gradients(loss, given):
    """∂loss/∂value for every value of the dict `given`."""
    return grad(loss)(given)
