"""A problem for any kind of network, and its gradients by central differences."""

import numpy as np

from lstm_lib import numerical_gradient


def problem(kind, options, T=5, B=3, D=2, H=4, seed=0, single=False):
    """A network with all parameters random, what goes in, and what a loss says of all that comes out."""
    rng = np.random.default_rng(seed)
    net = kind(D, H, seed=rng, **options)
    net.vector[...] = rng.normal(size=net.vector.shape)
    for gate in net.absent:
        net.vector[...] = 0  # an absent gate's rows are to stay zero
        for name, value in net.params.items():
            assert not name.endswith(gate)
            value[...] = rng.normal(size=value.shape)
    batch = () if single else (B,)
    starts = {"h0": rng.normal(size=(*batch, H))} | (
        {"c0": rng.normal(size=(*batch, H))} if "c" in kind.states else {}
    )
    says = {"dh": rng.normal(size=(T, *batch, H)), "dh_last": rng.normal(size=(*batch, H))}
    says |= {"dc_last": rng.normal(size=(*batch, H))} if "c" in kind.states else {}
    return net, rng.normal(size=(T, *batch, D)), starts, says


def loss_of(net, x, starts, says, **held):
    trace = net.forward(x, **starts, **held)
    loss = (trace.h * says["dh"]).sum() + (trace.h_last * says["dh_last"]).sum()
    return loss + ((trace.c_last * says["dc_last"]).sum() if "dc_last" in says else 0)


def numerical_gradients(net, x, starts, says, **held):
    return {
        name: numerical_gradient(lambda: loss_of(net, x, starts, says, **held), array)
        for name, array in {**net.params, "x": x, **starts}.items()
    }


def check(grads, wanted, atol):
    for name, value in wanted.items():
        np.testing.assert_allclose(getattr(grads, name), value, rtol=0, atol=atol, err_msg=name)
