"""The sizes at which lstm_lib is held against torch, and the numbers torch gives there.

torch keeps the gates in the order i, f, g, o and two biases per gate, which are added; `our_parameters` says
the same in the notation of the book.
"""

import numpy as np

# name: kind, T, B, D, H, lengths
CASES = {
    "lstm_least": ("lstm", 1, 1, 1, 1, None),
    "lstm": ("lstm", 7, 3, 2, 4, None),
    "lstm_long": ("lstm", 60, 2, 1, 3, None),
    "lstm_wide": ("lstm", 3, 5, 6, 8, None),
    "lstm_ragged": ("lstm", 6, 4, 3, 5, (2, 6, 1, 5)),
    "tanh_least": ("tanh", 1, 1, 1, 1, None),
    "tanh": ("tanh", 9, 3, 2, 4, None),
    "tanh_ragged": ("tanh", 6, 4, 3, 5, (2, 6, 1, 5)),
    "relu": ("relu", 9, 3, 2, 4, None),
    "relu_ragged": ("relu", 6, 4, 3, 5, (6, 2, 1, 5)),
}
TORCH_ORDER = {"lstm": "ifgo", "tanh": " ", "relu": " "}


def inputs(case):
    """Seeded input, starting states, torch's parameters, and what a loss says of all that comes out."""
    kind, T, B, D, H, _ = CASES[case]
    rng = np.random.default_rng(list(CASES).index(case))
    rows = H * len(TORCH_ORDER[kind])
    shapes = {
        "x": (T, B, D),
        "h0": (B, H),
        "c0": (B, H),
        "weight_ih": (rows, D),
        "weight_hh": (rows, H),
        "bias_ih": (rows,),
        "bias_hh": (rows,),
        "say_h": (T, B, H),
        "say_h_last": (B, H),
        "say_c_last": (B, H),
    }
    return {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}


def our_parameters(case, weight_ih, weight_hh, bias):
    """Split torch's stacked arrays into W, U, b of each gate."""
    kind = CASES[case][0]
    named = {}
    for letter, stacked in (("W", weight_ih), ("U", weight_hh), ("b", bias)):
        parts = np.split(np.asarray(stacked), len(TORCH_ORDER[kind]))
        for gate, part in zip(TORCH_ORDER[kind], parts, strict=True):
            named[f"{letter}_{gate}".rstrip("_ ")] = part
    return named


def torch_numbers(case, dtype):
    """What torch computes for a case: outputs, last states, and the gradient of everything that went in."""
    import torch

    kind, _, _, D, H, lengths = CASES[case]
    given = {name: torch.tensor(value.astype(dtype)) for name, value in inputs(case).items()}
    net = torch.nn.LSTM(D, H) if kind == "lstm" else torch.nn.RNN(D, H, nonlinearity=kind)
    net = net.to(given["x"].dtype)
    weights = [given[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), weights, strict=True):
            parameter.copy_(value)
    x, h0, c0 = (given[name].requires_grad_() for name in ("x", "h0", "c0"))
    start = (h0[None], c0[None]) if kind == "lstm" else h0[None]
    if lengths is None:
        h, last = net(x, start)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
        h, last = net(packed, start)
        h, _ = torch.nn.utils.rnn.pad_packed_sequence(h)
    h_last, c_last = last if kind == "lstm" else (last, None)
    loss = (h * given["say_h"]).sum() + (h_last[0] * given["say_h_last"]).sum()
    if kind == "lstm":
        loss = loss + (c_last[0] * given["say_c_last"]).sum()
    loss.backward()

    found = {"h": h, "h_last": h_last[0], "grad_x": x.grad, "grad_h0": h0.grad}
    if kind == "lstm":
        found |= {"c_last": c_last[0], "grad_c0": c0.grad}
    grads = our_parameters(case, net.weight_ih_l0.grad, net.weight_hh_l0.grad, net.bias_ih_l0.grad)
    return {name: value.detach().numpy() for name, value in found.items()} | {
        f"grad_{name}": value for name, value in grads.items()
    }
