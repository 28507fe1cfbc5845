"""Run the experiments of the book: python experiments/run.py [name …] [--jobs N] [--quick] [--list]

`make experiments` runs all. A name stands for every setting whose name begins with it ("4" for 4-T100 and
more). Each finished trial is stored at once in _build/experiments, and is not run again unless its setting
has changed, so that an interrupted run goes on where it stopped; --fresh runs all anew. At the end the
records of the settings that ran are put into experiments/results.json; those of the others stay. --quick
goes the same way with a few updates a trial, one seed each, and writes to a temporary folder.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # a trial a core; more threads for such small products only cost

import argparse  # noqa: E402
import json  # noqa: E402
import platform  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from concurrent.futures import ProcessPoolExecutor, as_completed  # noqa: E402
from importlib import import_module  # noqa: E402
from importlib.metadata import version  # noqa: E402
from multiprocessing import get_context  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
RESULTS = FOLDER / "results.json"
STORE = FOLDER.parent / "_build" / "experiments"
MODULES = ("modern", "classic", "variants")


def settings():
    """All settings by name, in the order of the results."""
    return {name: setting for module in MODULES for name, setting in import_module(module).SETTINGS.items()}


def said(setting):
    """What a record says of its setting."""
    return {
        "experiment": setting.experiment,
        "algorithm": setting.algorithm,
        "T": setting.T,
        "hidden_size": setting.hidden_size,
        "published": setting.published,
        **setting.about,
    }


def work(name, seeds, quick):
    """One job, in a process of its own: the trials of some seeds."""
    return settings()[name].run(list(seeds), quick)


def jobs_of(setting, quick):
    """The seeds of each job of a setting."""
    seeds = setting.seeds[:2] if quick and setting.together else setting.seeds[:1] if quick else setting.seeds
    return [tuple(seeds)] if setting.together else [(seed,) for seed in seeds]


def stored(path, setting):
    """The trials in a file, or None if there are none, or those of another setting."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found["trials"] if found["setting"] == json.loads(json.dumps(said(setting))) else None


def record(name, setting, trials):
    """One line of the results."""
    trials = sorted(trials, key=lambda trial: trial["seed"])
    times = [trial["sequences"] for trial in trials if trial["sequences"] is not None]
    spread = times and {
        "mean": round(float(np.mean(times))),
        "sd": round(float(np.std(times, ddof=1))) if len(times) > 1 else None,
        "least": int(min(times)),
        "most": int(max(times)),
    }
    rest = {key for trial in trials for key in trial} - {"seed", "solved", "sequences", "error"}
    rest -= {"seconds", "cpu_seconds"}
    return {
        "name": name,
        "command": f"python experiments/run.py {name}",
        **said(setting),
        "trials": len(trials),
        "solved": sum(trial["solved"] for trial in trials),
        "sequences": spread or None,
        "error": float(f"{np.mean([trial['error'] for trial in trials]):.4g}"),
        "seconds": round(sum(trial["seconds"] for trial in trials), 2),
        "cpu_seconds": round(sum(trial["cpu_seconds"] for trial in trials), 2),
        "seeds": [trial["seed"] for trial in trials],
        "by_seed": {
            key: [_short(trial.get(key)) for trial in trials] for key in ("sequences", "error", *sorted(rest))
        },
    }


def _short(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write(path, records, known):
    """Put records into the results, a record a line, in the order of the settings."""
    old = json.loads(path.read_text()) if path.exists() else {"records": []}
    merged = {line["name"]: line for line in old["records"] if line["name"] in known}
    merged |= {line["name"]: line for line in records}
    lines = [json.dumps(merged[name], ensure_ascii=False) for name in known if name in merged]
    head = {
        "made_by": "python experiments/run.py",
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "published": "Hochreiter & Schmidhuber 1997, Long Short-Term Memory, Neural Computation 9(8)",
        "total": {
            key: round(sum(line[key] for line in merged.values()), 1) for key in ("seconds", "cpu_seconds")
        },
    }
    text = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    path.write_text("{\n" + text + ',\n"records": [\n' + ",\n".join(lines) + "\n]\n}\n")


class Line:
    """How far the run is, and how long the rest will take by what each setting took so far, or last time."""

    def __init__(self, waiting, processes, last):
        self.waiting, self.processes, self.last = dict(waiting), processes, last
        self.done, self.all, self.took = 0, len(waiting), {}
        self.began = time.perf_counter()
        self.show()

    def finished(self, name, seeds, seconds):
        """Count a job."""
        del self.waiting[name, seeds]
        self.done += 1
        self.took.setdefault(name, []).append(seconds / len(seeds))
        self.show(name)

    def left(self):
        """Seconds of all that waits, or None while nothing is known."""
        if not self.took and not self.last:
            return None
        known = {**self.last, **{name: float(np.mean(took)) for name, took in self.took.items()}}
        usual = float(np.mean(list(known.values())))
        return sum(known.get(name, usual) * len(seeds) for name, seeds in self.waiting) / self.processes

    def show(self, name=""):
        """Write the line."""
        filled = round(20 * self.done / max(1, self.all))
        left, gone = self.left(), time.perf_counter() - self.began
        rest = "" if left is None else f", about {clock(left)} left"
        bar = "#" * filled + "." * (20 - filled)
        text = f"[{bar}] {self.done} of {self.all} jobs, {clock(gone)}{rest}  {name}"
        print(f"\r{text:<100}" if sys.stderr.isatty() else text, file=sys.stderr, flush=True,
              end="" if sys.stderr.isatty() else "\n")  # fmt: skip


def clock(seconds):
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def main(arguments=None):
    """Run what the command line asks for; give the path of the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="settings, or how their names begin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--quick", action="store_true", help="a few updates a trial, into a temporary folder")
    parser.add_argument("--fresh", action="store_true", help="run stored trials again")
    parser.add_argument("--list", action="store_true", help="say the names of the settings and end")
    given = parser.parse_args(arguments)
    known = settings()
    chosen = [name for name in known if not given.names or name.startswith(tuple(given.names))]
    if missing := [start for start in given.names if not any(name.startswith(start) for name in known)]:
        parser.error(f"no setting begins with {', '.join(missing)}; there are {', '.join(known)}")
    if given.jobs < 1:
        parser.error(f"--jobs must be at least 1, got {given.jobs}")
    if given.list:
        print("\n".join(chosen))
        return None

    store, results = STORE, RESULTS
    if given.quick:
        store = Path(tempfile.mkdtemp(prefix="experiments-"))
        results = store / "results.json"
    trials, waiting, files = {name: [] for name in chosen}, {}, {}
    for name in chosen:
        for seeds in jobs_of(known[name], given.quick):
            path = files[name, seeds] = store / name / f"{'-'.join(map(str, seeds))}.json"
            found = None if given.fresh else stored(path, known[name])
            if found is None:
                waiting[name, seeds] = path
            else:
                trials[name] += found
    last = {}
    if RESULTS.exists() and not given.quick:
        last = {
            line["name"]: line["seconds"] / line["trials"]
            for line in json.loads(RESULTS.read_text())["records"]
        }
    line = Line(waiting, given.jobs, last)
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        running = {pool.submit(work, name, seeds, given.quick): (name, seeds) for name, seeds in waiting}
        try:
            for future in as_completed(running):
                name, seeds = running[future]
                found = future.result()
                trials[name] += found
                path = files[name, seeds]
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                part.write_text(json.dumps({"setting": said(known[name]), "trials": found}))
                part.replace(path)  # whole or not at all
                line.finished(name, seeds, sum(trial["seconds"] for trial in found))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if sys.stderr.isatty():
        print(file=sys.stderr)
    write(results, [record(name, known[name], trials[name]) for name in chosen], known)
    print(f"{len(chosen)} settings in {results}")
    return results


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. What is finished is stored; the same command goes on from there.")
