"""lstm_lib beside torch: python benchmarks/run.py

Every measurement runs in a process of its own, with the number of threads set and the BLAS free to choose its
kernel. Where two libraries are compared, they take turns in that process, a few steps each, on the same data
from the same parameters. Writes results.json and results.md beside this file.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SIZES = [(100, 16), (100, 32), (100, 128), (1000, 16), (1000, 32)]  # T, H


# ---- the two sides of a training step: forward, loss, backward, clip, Adam ----


def our_step(H, seed=0, **options):
    """Return a model and a function that makes one training step on a batch and returns its loss."""
    import numpy as np

    from lstm_lib import LSTM
    from lstm_lib.train import Adam, Model, clip_norm, squared_error

    model = Model(LSTM(2, H, seed=seed, dtype=np.float32, **options), 1, seed=seed)
    adam = Adam(0.01)

    def step(x, target):
        loss, gradients, _ = model.gradients((x, target), squared_error)
        clip_norm(gradients, 1.0)
        adam.step(model.parameters, gradients)
        return loss

    return model, step


def torch_step(model):
    """The same with torch, from the same parameters."""
    import torch

    lstm, net = torch.nn.LSTM(2, model.network.hidden_size), model.network
    readout = torch.nn.Linear(net.hidden_size, 1)
    with torch.no_grad():
        for letter, parameter in (("W", lstm.weight_ih_l0), ("U", lstm.weight_hh_l0), ("b", lstm.bias_ih_l0)):
            parts = [torch.from_numpy(net.params[f"{letter}_{gate}"].copy()) for gate in "ifgo"]
            parameter.copy_(torch.cat(parts))
        lstm.bias_hh_l0.zero_()
        readout.weight.copy_(torch.from_numpy(model.W_y.copy()))
        readout.bias.copy_(torch.from_numpy(model.b_y.copy()))
    parameters = [*lstm.parameters(), *readout.parameters()]
    adam = torch.optim.Adam(parameters, lr=0.01)

    def step(x, target):
        adam.zero_grad()
        h, _ = lstm(x)
        loss = torch.nn.functional.mse_loss(readout(h[-1]), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        adam.step()
        return loss.item()

    return step


def torch_eager_pass(H):
    """The cell from scratch, as "Dive into Deep Learning" writes it, keeping every gate and every ∂L/∂c_t."""
    import torch

    def parameter(*shape):
        return torch.nn.Parameter(torch.randn(*shape) * 0.1)

    W = {gate: (parameter(2, H), parameter(H, H), parameter(H)) for gate in "figo"}

    def one_pass(x, dh_last):
        h = c = torch.zeros(x.shape[1], H)
        seen = []
        for x_t in x:
            f, i, o = (torch.sigmoid(x_t @ W[k][0] + h @ W[k][1] + W[k][2]) for k in "fio")
            g = torch.tanh(x_t @ W["g"][0] + h @ W["g"][1] + W["g"][2])
            c = f * c + i * g
            c.retain_grad()
            h = o * torch.tanh(c)
            seen.append((f, i, g, o, c, h))
        for three in W.values():
            for value in three:
                value.grad = None
        h.backward(dh_last)
        return seen

    return one_pass


# ---- measuring ----


def take_turns(sides, steps, rounds):
    """Seconds a step for each side, a number a round; a round gives every side `steps` steps."""
    for go in sides.values():
        go()
        go()
    seconds = {name: [] for name in sides}
    for _ in range(rounds):
        for name, go in sides.items():
            start = time.perf_counter()
            for _ in range(steps):
                go()
            seconds[name].append((time.perf_counter() - start) / steps)
    return seconds


def compared(seconds, ours="lstm_lib", theirs="torch"):
    """Medians in milliseconds, their ratio, and the quartiles of the ratio round by round."""
    import numpy as np

    ratios = np.array(seconds[theirs]) / np.array(seconds[ours])
    return {
        f"{ours}_ms": round(float(np.median(seconds[ours])) * 1e3, 3),
        f"{theirs}_ms": round(float(np.median(seconds[theirs])) * 1e3, 3),
        "ratio": round(float(np.median(seconds[theirs]) / np.median(seconds[ours])), 2),
        "ratio_quartiles": [round(float(q), 2) for q in np.percentile(ratios, [25, 75])],
        "rounds": len(ratios),
    }


def batch_of(T, B, seed=0):
    """One batch of adding, for NumPy and for torch."""
    import numpy as np
    import torch

    from lstm_lib.tasks import adding

    x, target, *_ = (None if a is None else a.astype(np.float32) for a in adding(T, B, seed))
    return (x, target), (torch.from_numpy(x), torch.from_numpy(target))


def set_threads(threads):
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(0)


def training_step(T, H, B, threads, rounds):
    set_threads(threads)
    ours, theirs = batch_of(T, B)
    model, our = our_step(H)
    their = torch_step(model)
    first = our(*ours), their(*theirs)
    assert abs(first[0] - first[1]) < 1e-4 * first[0], f"not the same problem: losses {first}"
    sides = {"lstm_lib": lambda: our(*ours), "torch": lambda: their(*theirs)}
    return {"T": T, "H": H, "B": B, "threads": threads} | compared(
        take_turns(sides, max(1, 1000 // T), rounds)
    )


def full_trace(T, H, B, rounds):
    """Forward and backward, every gate and every ∂L/∂c_t kept, beside the cell from scratch in torch."""
    import numpy as np
    import torch

    from lstm_lib import LSTM

    set_threads(1)
    (x, _), (torch_x, _) = batch_of(T, B)
    lstm, eager = LSTM(2, H, dtype=np.float32), torch_eager_pass(H)
    dh = np.ones((B, H), np.float32)

    def ours():
        trace = lstm.forward(x)
        grads = lstm.backward(trace, dh_last=dh)
        return trace.f, trace.i, trace.g, trace.o, trace.c, trace.h, grads.c

    sides = {"lstm_lib": ours, "torch_eager": lambda: eager(torch_x, torch.from_numpy(dh))}
    sides["products"] = products_alone(T, H, B)
    seconds = take_turns(sides, max(1, 500 // T), rounds)
    products = float(np.median(seconds.pop("products"))) * 1e3
    found = compared(seconds, theirs="torch_eager")
    return {"T": T, "H": H, "B": B, "threads": 1, **found, "products_alone_ms": round(products, 3)}


def products_alone(T, H, B):
    """Only the products of an LSTM's two passes, which nothing in NumPy can do without: a bound."""
    import numpy as np

    rng, K = np.random.default_rng(0), 2 + 1 + H
    P, s, a, dh = (rng.normal(size=n).astype(np.float32) for n in ((4 * H, K), (K, B), (4 * H, B), (K, B)))
    P_T, each_a, each_s = P.T.copy(), np.tile(a, T), np.tile(s, T)

    def products():
        for _ in range(T):
            P.dot(s, a)  # forward: a = P [x; 1; h]
            P_T.dot(a, dh)  # backward: what reaches x and h
        return each_a.dot(each_s.T)  # ∂L/∂P, one product over all steps

    return products


def solve(T, most_steps):
    """Train both on adding, the same batches from the same start, until ten losses average below 0.001."""
    import numpy as np
    import torch

    from lstm_lib.tasks import adding

    set_threads(1)
    model, our = our_step(16, forget_bias="chrono", t_max=T)
    sides = {"lstm_lib": our, "torch": torch_step(model)}
    losses, seconds = {name: [] for name in sides}, dict.fromkeys(sides, 0.0)
    rng, running = np.random.default_rng(0), set(sides)
    for _ in range(most_steps):
        x, target, *_ = adding(T, 64, rng)
        x, target = x.astype(np.float32), target.astype(np.float32)
        both = {"lstm_lib": (x, target), "torch": (torch.from_numpy(x), torch.from_numpy(target))}
        for name in sorted(running):
            start = time.perf_counter()
            losses[name].append(sides[name](*both[name]))
            seconds[name] += time.perf_counter() - start
        running -= {
            name for name in running if len(losses[name]) >= 10 and np.mean(losses[name][-10:]) < 1e-3
        }
        if not running:
            break
    return {"T": T, "H": 16, "B": 64, "threads": 1, "error": 1e-3} | {
        name: {
            "seconds": round(seconds[name], 1),
            "sequences": 64 * len(losses[name]),
            "solved": name not in running,
        }
        for name in sides
    }


def scaling(rounds):
    """Milliseconds of a training step against T, H and B, one at a time, and the exponents fitted to them."""
    import numpy as np

    set_threads(1)
    base = {"T": 100, "H": 32, "B": 64}
    ranges = {"T": [50, 100, 200, 400, 800, 1600], "H": [8, 16, 32, 64, 128, 256], "B": [1, 4, 16, 64, 256]}
    found = {}
    for letter, values in ranges.items():
        sides, weights = {}, {}
        for value in values:
            size = base | {letter: value}
            (x, target), _ = batch_of(size["T"], size["B"])
            model, step = our_step(size["H"])
            weights[value] = model.network.vector.size
            sides[value] = lambda step=step, x=x, target=target: step(x, target)
        seconds = take_turns(sides, 1, rounds)
        ms = [float(np.median(seconds[value])) * 1e3 for value in values]
        exponents = np.diff(np.log(ms)) / np.diff(np.log(values))
        found[letter] = {
            "held": {name: size for name, size in base.items() if name != letter},
            "values": values,
            "ms": [round(m, 3) for m in ms],
            "exponent_over_all": round(float(np.polyfit(np.log(values), np.log(ms), 1)[0]), 2),
            "exponent_at_the_large_end": round(float(exponents[-1]), 2),
        }
        if letter == "T":
            each = [m * 1e6 / (T * weights[T]) for m, T in zip(ms, values, strict=True)]
            found[letter]["ns_per_weight_and_time_step"] = [round(e, 2) for e in each]
    return found


def memory(side, T):
    """Most memory, in MiB above what the imports took, that three training steps need; H 32, B 64."""
    import resource

    set_threads(1)
    ours, theirs = batch_of(T, 64)
    model, our = our_step(32)
    their = torch_step(model)
    small = batch_of(2, 1)
    (our(*small[0]), their(*small[1]))  # what either sets up once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        our(*ours) if side == "lstm_lib" else their(*theirs)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def machine():
    """What it ran on."""
    import ctypes

    import numpy as np
    import torch

    kernel = "unknown"
    libraries = {
        line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "openblas" in line
    }
    for library in libraries:
        for name in ("scipy_openblas_get_corename64_", "openblas_get_corename"):
            try:
                ask = getattr(ctypes.CDLL(library), name)
            except AttributeError:
                continue
            ask.restype = ctypes.c_char_p
            kernel = ask().decode()
    cpu = [
        line.split(":")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "cpu": cpu[0].strip() if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "openblas_kernel": kernel,
        "torch": torch.__version__,
        "torch_cpu_capability": torch.backends.cpu.get_cpu_capability(),
    }


# ---- the run ----


def apart(call, threads=1):
    """Evaluate one of the calls above in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = str(threads)
    environment["PYTHONPATH"] = str(HERE.parent)
    done = subprocess.run(
        [sys.executable, __file__, "--one", call],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result = json.loads(done.stdout)
    print(call, json.dumps(result), flush=True)
    return result


def run(quick):
    rounds = 3 if quick else 15
    results = {"machine": apart("machine()")}
    results["training_step"] = [apart(f"training_step({T}, {H}, 64, 1, {rounds})") for T, H in SIZES]
    results["training_step_reported"] = [
        *(apart(f"training_step({T}, {H}, 1, 1, {rounds})") for T, H in SIZES[:2]),
        *(apart(f"training_step({T}, {H}, 64, 2, {rounds})", threads=2) for T, H in SIZES),
    ]
    results["full_trace"] = [
        apart(f"full_trace({T}, {H}, {B}, {rounds})")
        for T, H, B in [(100, 16, 1), (100, 16, 16), *((T, H, 64) for T, H in SIZES)]
    ]
    results["solve"] = apart(f"solve({100 if quick else 1000}, 3000)")
    results["scaling"] = apart(f"scaling({rounds})")
    lengths = [100, 200] if quick else [100, 200, 400, 800, 1600]
    results["memory"] = {
        "H": 32,
        "B": 64,
        "T": lengths,
        **{
            f"{side}_MiB": [round(apart(f"memory({side!r}, {T})")) for T in lengths]
            for side in ("lstm_lib", "torch")
        },
    }
    return results


def table(results):
    """The results as Markdown."""
    on = results["machine"]
    lines = [
        "# lstm_lib beside torch",
        "",
        f"{on['cpu']}, {on['cores']} cores, load {on['load_before']} before the run; Python {on['python']}, "
        f"NumPy {on['numpy']} (OpenBLAS kernel {on['openblas_kernel']}), torch {on['torch']} "
        f"({on['torch_cpu_capability']}). float32; medians of {results['training_step'][0]['rounds']} "
        "rounds; the ratio is torch's time by lstm_lib's, in brackets its quartiles round by round.",
        "",
        "## A whole training step on adding: forward, loss, backward, clip, Adam",
        "",
        "| T | H | B | threads | lstm_lib, ms | torch, ms | ratio |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]

    def filled(found, side):
        low, high = found["ratio_quartiles"]
        sizes = " | ".join(str(found[name]) for name in ("T", "H", "B", "threads"))
        ms = f"{found['lstm_lib_ms']:.2f} | {found[f'{side}_ms']:.2f}"
        return f"| {sizes} | {ms} | **{found['ratio']:.2f}** ({low:.2f} to {high:.2f}) |"

    lines += [
        filled(found, "torch") for found in results["training_step"] + results["training_step_reported"]
    ]
    lines += [
        "",
        "## Every gate and every ∂L/∂c_t kept, beside the same cell from scratch in torch eager",
        "",
        "The last column is the time of the matrix products of both passes alone, in the same BLAS: torch "
        "eager's time by it is the most that any cell in NumPy could reach.",
        "",
        "| T | H | B | threads | lstm_lib, ms | torch eager, ms | ratio | products alone, ms |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(
            f"{filled(found, 'torch_eager')} {found['products_alone_ms']:.2f} |"
            for found in results["full_trace"]
        ),
    ]
    solved = results["solve"]
    lines += [
        "",
        f"## Adding at T = {solved['T']} solved, 16 units, mean squared error below {solved['error']:g}",
        "",
        "| | seconds | sequences |",
        "|---|--:|--:|",
        *(
            f"| {name} | {solved[name]['seconds']:.1f}{'' if solved[name]['solved'] else ' (not solved)'} | "
            f"{solved[name]['sequences']:,} |"
            for name in ("lstm_lib", "torch")
        ),
        "",
        "## Milliseconds of a training step as one size grows",
        "",
        "| | held | milliseconds | exponent, over all | at the large end |",
        "|---|---|---|--:|--:|",
    ]
    for letter, found in results["scaling"].items():
        held = ", ".join(f"{name} {size}" for name, size in found["held"].items())
        pairs = ", ".join(f"{v}: {ms:.2f}" for v, ms in zip(found["values"], found["ms"], strict=True))
        over_all, large = found["exponent_over_all"], found["exponent_at_the_large_end"]
        lines.append(f"| {letter} | {held} | {pairs} | {over_all} | {large} |")
    along = results["scaling"]["T"]
    each = ", ".join(
        f"{T}: {ns}" for T, ns in zip(along["values"], along["ns_per_weight_and_time_step"], strict=True)
    )
    space = results["memory"]
    lines += [
        "",
        f"Nanoseconds per weight and time step, for T: {each}.",
        "",
        "## Peak memory of training, MiB above the imports",
        "",
        f"H {space['H']}, B {space['B']}.",
        "",
        "| T | lstm_lib | torch |",
        "|--:|--:|--:|",
        *(
            f"| {T} | {a} | {b} |"
            for T, a, b in zip(space["T"], space["lstm_lib_MiB"], space["torch_MiB"], strict=True)
        ),
    ]
    if "browser" in results:
        lines += browser_table(results["browser"])
    return "\n".join(lines) + "\n"


def browser_table(found):
    """What browser.py measured, as lines of Markdown."""
    scripts, stock = found["javascript_gzipped_kB"], found["stock_path_gzipped_kB"]
    lab, pages = found["in_jupyterlab"], found["pages"]
    lines = [
        "",
        "# Explorers in the browser",
        "",
        f"Chromium {found['chromium']}, the CPU slowed {found['cpu_slowdown']} times.",
        "",
        "## Main-thread milliseconds of one slider move, to the painted frame",
        "",
        f"{found['moves']} moves, the median of {found['rounds']} such rounds. While the mouse holds",
        "the thumb, what is folded or beyond the window waits; not held, all is written at once.",
        "",
        "| explorer | alone: median | 95th percentile | in a chapter: median | 95th percentile "
        "| alone, not held: median | 95th percentile |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for kind, alone in found["slider_move"].items():
        inside, free = found["slider_move_in_chapter"][kind], found["slider_move_not_held"][kind]
        numbers = [one[name] for one in (alone, inside, free) for name in ("median_ms", "p95_ms")]
        lines.append(f"| {kind} ({inside['chapter']}) | " + " | ".join(f"{ms:.1f}" for ms in numbers) + " |")
    bare = found["bare_slider_move"]
    lines.append(
        f"| a bare slider, which moves nothing | {bare['median_ms']:.1f} | {bare['p95_ms']:.1f} | | | | |"
    )
    lines += [
        "",
        "## Milliseconds on the clock, from the event to the new picture, in JupyterLab",
        "",
        "The explorer draws in the browser; interact asks the kernel, and matplotlib draws there.",
        "",
        "| | median | 95th percentile |",
        "|---|--:|--:|",
        *(f"| {name} | {lab[name]['median_ms']:.0f} | {lab[name]['p95_ms']:.0f} |" for name in lab),
        "",
        "## Bytes, gzipped, kB",
        "",
        "| | kB |",
        "|---|--:|",
        f"| the explorers' JavaScript on the page that has most of it | {scripts['heaviest_page']} |",
        f"| all our JavaScript, with trained weights | {scripts['all_explorers_with_trained_weights']} |",
        f"| of that, the trained weights | {scripts['trained_weights_alone']} |",
        *(f"| stock widgets, not used here: {name} | {kB} |" for name, kB in stock.items()),
        "",
        "## A page's first view, each response gzipped",
        "",
        "Stock is the same chapter built by Jupyter Book with no settings, its scripts for widgets included.",
        "What it asks of other hosts came from copies on the disk; what had no copy counts as unanswered.",
        "",
        "| page | kB | requests | unanswered |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {page['gzipped_kB']} | {page['requests']} | {len(page['unanswered'])} |"
            for name, page in [
                *pages["chapters"].items(),
                (f"stock: {pages['stock']['chapter']}", pages["stock"]),
            ]
        ),
        "",
        "## From navigation to a slider that answers, ms; heap before and after 1000 moves, MiB",
        "",
        "| explorer | alone | in a chapter | heap before | after |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind, heap in found["memory_1000_moves"].items():
        wait = found["navigation_to_slider_ms"][kind]
        lines.append(
            f"| {kind} | {wait['alone']:.0f} | {wait['chapter']:.0f} | {heap['heap_before_MiB']:.2f} "
            f"| {heap['heap_after_MiB']:.2f} |"
        )
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds, nothing stored")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(eval(chosen.one)))
        return
    results = run(chosen.quick)
    print("\n" + table(results))
    if not chosen.quick:
        path = HERE / "results.json"
        others = json.loads(path.read_text()) if path.exists() else {}  # what browser.py measured stays
        path.write_text(json.dumps(others | results, indent=1) + "\n")
        (HERE / "results.md").write_text(table(others | results))


if __name__ == "__main__":
    main()
