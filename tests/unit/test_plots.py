"""The figures draw the numbers, and can be read on light and on dark, in colour and without."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lstm_lib import GRU, LSTM, RNN
from lstm_lib.plots import COLOURS, STYLES, plot_history, plot_trace
from lstm_lib.train import History

X = np.random.default_rng(0).normal(size=(12, 3, 2))


def lines(figure):
    return {line.get_label(): line for axes in figure.axes for line in axes.get_lines()}


def test_one_unit_as_lines():
    trace = LSTM(2, 4).forward(X)
    figure = plot_trace(trace, unit=3, sequence=1)
    drawn = lines(figure)
    for name in "figoch":
        np.testing.assert_array_equal(drawn[name].get_ydata(), getattr(trace, name)[:, 1, 3])
        np.testing.assert_array_equal(drawn[name].get_xdata(), np.arange(1, 13))
        assert drawn[name].get_color() == COLOURS[name]
    assert [axes.get_ylabel() for axes in figure.axes] == ["gate, 0 shut to 1 open", "value"]
    assert figure.axes[-1].get_xlabel() == "time step t"


def test_all_units_as_heat_maps():
    trace = LSTM(2, 4).forward(X, lengths=[5, 12, 7])
    figure = plot_trace(trace, sequence=2)
    maps = {axes.get_title(): axes.get_images()[0] for axes in figure.axes if axes.get_images()}
    assert set(maps) == set("figoch")
    for name, image in maps.items():
        np.testing.assert_array_equal(image.get_array(), getattr(trace, name)[:7, 2].T)
        low, high = image.get_clim()
        assert (low, high) == (0, 1) if name in "fio" else low == -high


@pytest.mark.parametrize("net", [RNN(2, 1), GRU(2, 1), LSTM(2, 1)], ids=repr)
def test_other_networks_and_single_sequences(net):
    trace = net.forward(X[:, 0])
    assert set(trace._series) <= set(lines(plot_trace(trace)))


def test_a_gate_and_its_neighbours_differ_in_more_than_colour():
    for group in ("fio", "gch", "zr", "nh"):
        assert len({STYLES[name] for name in group}) == len(group)


@pytest.mark.parametrize("page", ["white", "#121212"])
def test_every_colour_shows_on_light_and_on_dark(page):
    def luminance(colour):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for colour in COLOURS.values():
        light, dark = sorted([luminance(colour), luminance(page)], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 1.4.11 for graphics


def test_no_background():
    figure = plot_trace(LSTM(2, 4).forward(X), unit=0)
    assert figure.get_facecolor()[3] == 0
    assert all(axes.get_facecolor()[3] == 0 for axes in figure.axes)
    figure.savefig(io.BytesIO(), format="svg")


def test_history():
    history = History(loss=[1.0, 0.5, 0.25], gradient_norm=[3.0, 2.0, 1.0])
    figure = plot_history(history, target=0.1)
    above, below = figure.axes
    assert (above.get_ylabel(), below.get_ylabel(), below.get_xlabel()) == (
        "loss",
        "gradient norm",
        "training step",
    )
    np.testing.assert_array_equal(above.get_lines()[0].get_ydata(), history.loss)
    assert above.get_yscale() == "log"
    assert "target 0.1" in [text.get_text() for text in above.get_legend().get_texts()]
    assert plot_history(History(loss=[0.0], gradient_norm=[0.0])).axes[0].get_yscale() == "linear"


WRONG = {
    "trace": (lambda: plot_trace(X), TypeError, "trace must be a Trace.* got ndarray"),
    "unit": (
        lambda: plot_trace(LSTM(2, 4).forward(X), unit=4),
        ValueError,
        "unit must be below H = 4, got 4",
    ),
    "unit_kind": (
        lambda: plot_trace(LSTM(2, 4).forward(X), unit="f"),
        TypeError,
        "unit must be a whole number",
    ),
    "sequence": (lambda: plot_trace(LSTM(2, 4).forward(X), 0, 3), ValueError, "sequence must be below B = 3"),
    "history": (lambda: plot_history([1.0]), TypeError, "history must be a History.* got list"),
    "no_step": (lambda: plot_history(History()), ValueError, "history must hold at least one step"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name):
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
