"""Run the experiments of the book: python experiments/run.py [name …] [--jobs N] [--quick] [--list]

`make experiments` runs all. A name stands for every setting whose name begins with it ("4" for 4-T100 and
more). Each finished trial is stored at once in _build/experiments, and is not run again unless what its
setting says of itself has changed, so that an interrupted run goes on where it stopped; --fresh runs all
anew. At the end the records of the settings that ran are put into experiments/results, a file for each
module of settings; those of the others stay. --quick goes the same way with a few updates a trial and one
seed each, and writes to a temporary folder. --seed 3 runs this trial of each setting named by itself, at the
rate of the results, and says whether it equals the one there. --cluster spreads the trials over the workers
of a Dask scheduler, tcp://HOST:PORT, or over local:N, N workers here. Scheduler and workers run each in a
copy of this folder, with the same files:

    PYTHONPATH=experiments _build/experiments-env/bin/dask scheduler
    PYTHONPATH=experiments _build/experiments-env/bin/dask worker tcp://HOST:8786 --nworkers 8 --nthreads 1
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))

import engine  # noqa: E402  # before NumPy, for it says how many threads that may use
import numpy as np  # noqa: E402

RESULTS = FOLDER / "results"
STORE = FOLDER.parent / "_build" / "experiments"
MODULES = ("modern", "classic", "variants", "lags", "sweeps", "sentences")


def settings():
    """All settings by name, in the order of the results."""
    return {name: setting for module in MODULES for name, setting in import_module(module).SETTINGS.items()}


def module_of(name):
    """The module that a setting stands in."""
    return next(module for module in MODULES if name in import_module(module).SETTINGS)


def said(setting):
    """What a record says of its setting."""
    said = {"experiment": setting.experiment, "column": setting.column, "published": setting.published}
    return json.loads(json.dumps(said | setting.about))


def record(name, setting, found, rate):
    """One line of the results."""
    choice = engine.choosing(setting)
    tried = {}
    for one in setting.rates if choice else ():
        trials = [found[one, seed]["trial"] for seed in setting.choice]
        times = [np.inf if trial["sequences"] is None else trial["sequences"] for trial in trials]
        tried[f"{one:g}"] = {
            "solved": sum(trial["solved"] for trial in trials),
            "of": len(trials),
            "median": whole(engine.median(times)),
        }
    ran = [found[rate, seed] for seed in setting.seeds]
    trials = [one["trial"] for one in ran]
    times = [trial["sequences"] for trial in trials if trial["sequences"] is not None]
    keys = dict.fromkeys(key for trial in trials for key in trial)
    ours = {
        "rates": tried,
        "rate": rate,
        "at_edge": rate in (min(setting.rates), max(setting.rates)) if choice else None,
        "trials": len(trials),
        "solved": sum(trial["solved"] for trial in trials),
        "sequences": {
            "median": whole(engine.median(times)), "least": min(times), "most": max(times),
            "mean": round(np.mean(times)),
        } if times else None,
        "seeds": list(setting.seeds),
        "by_seed": {key: [short(trial.get(key)) for trial in trials] for key in keys},
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in ran), 2),
        "choice_cpu_seconds": round(sum(found[one]["cpu_seconds"] for one in choice), 2),
    }  # fmt: skip
    line = {"name": name, "command": f"python experiments/run.py {name}"}
    if twice := setting.about.keys() & {"experiment", "column", "published", *line, *ours}:
        raise ValueError(f"{name}: about must not say {', '.join(sorted(twice))}, which a record says itself")
    return line | said(setting) | ours


def short(value):
    """A value of a trial as the results hold it: four digits, and None for what JSON has no word for."""
    if isinstance(value, float):
        return float(f"{value:.4g}") if np.isfinite(value) else None
    if isinstance(value, list):
        return [short(one) for one in value]
    return {key: short(one) for key, one in value.items()} if isinstance(value, dict) else value


def whole(n):
    """A number of sequences, as an integer if it is one; None for infinitely many."""
    return None if np.isinf(n) else int(n) if n == int(n) else n


def stored(path):
    """The results in a file; none if it is not there."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {"records": []}


def records():
    """The stored records by name."""
    return {
        line["name"]: line for module in MODULES for line in stored(RESULTS / f"{module}.json")["records"]
    }


def write(path, lines, made, known):
    """Put records into the results of a module, a record a line, in the order of its settings.

    The versions and machines are all that made what is in the file, as far as it says.
    """
    old = stored(path)
    new = {line["name"]: line for line in lines}
    stay = {line["name"]: line for line in old["records"] if line["name"] in known.keys() - new.keys()}
    merged = stay | new
    lines = [merged[name] for name in known if name in merged]
    if stay:
        made = [*made, {**old["versions"], "machine": old["machine"]}]
    with_ = {}
    for one in made:
        for key, value in one.items():
            with_.setdefault(key, set()).update(value.split(", "))
    with_ = {key: ", ".join(sorted(values)) for key, values in with_.items()}
    cost = {}
    for line in lines:
        spent = line["cpu_seconds"] + line["choice_cpu_seconds"]
        cost[line["column"]] = cost.get(line["column"], 0) + spent
    head = {
        "made_by": "python experiments/run.py",
        "machine": with_.pop("machine"),
        "versions": with_,
        "published": "Hochreiter & Schmidhuber 1997, Long Short-Term Memory, Neural Computation 9(8)",
        "cpu_seconds": {column: round(seconds, 1) for column, seconds in cost.items()},  # the choice's too
    }
    text = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    text += ',\n"records": [\n' + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text("{\n" + text + "}\n", "utf-8")
    part.replace(path)  # whole or not at all


def again(name, setting, seed, line):
    """Run one trial of those stored, print it, and say whether it is the same; give what is wrong."""
    rate = line["rate"] if line else setting.rates[0] if len(setting.rates) == 1 else None
    if line is None and len(setting.rates) > 1:
        return f"{name} is not in the results, so its rate is not chosen yet; run it without --seed first"
    *_, result = engine.work(module_of(name), name, seed, rate, False)
    which = engine.called(name, rate, seed)
    if "failed" in result:
        return f"{which} failed:\n{result['failed']}"
    ours = short(result["trial"])
    print(f"{which}: {json.dumps(ours, ensure_ascii=False)}, {result['cpu_seconds']:.1f} s of a core")
    if line is None or seed not in line["seeds"]:
        print(f"No trial with seed {seed} is stored to compare it with.")
        return None
    at = line["seeds"].index(seed)
    theirs = {key: values[at] for key, values in line["by_seed"].items()}
    ours = {key: ours.get(key) for key in theirs | ours}
    if ours == theirs:
        print("It equals the stored trial.")
        return None
    changed = any(line.get(key) != value for key, value in said(setting).items())
    pairs = {key: (ours[key], theirs.get(key)) for key in ours if ours[key] != theirs.get(key)}
    differ = "; ".join(f"{key} {one}, stored {other}" for key, (one, other) in pairs.items())
    since = " (the setting has changed since)" if changed else ""
    return f"{which} differs from the stored trial: {differ}{since}"


def main(arguments=None):
    """Run what the command line asks for; give the folder of the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="settings, or how their names begin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler, or local:N")
    parser.add_argument("--quick", action="store_true", help="a few updates a trial, into a temporary folder")
    parser.add_argument("--fresh", action="store_true", help="run stored trials again")
    parser.add_argument("--seed", type=int, help="run this trial alone, and compare it with the stored one")
    parser.add_argument("--list", action="store_true", help="say the names of the settings and end")
    given = parser.parse_args(arguments)
    known = settings()
    chosen = {
        name: one for name, one in known.items() if not given.names or name.startswith(tuple(given.names))
    }
    if missing := [start for start in given.names if not any(name.startswith(start) for name in known)]:
        parser.error(f"no setting begins with {', '.join(missing)}; there are {', '.join(known)}")
    if given.jobs < 1:
        parser.error(f"--jobs must be at least 1, got {given.jobs}")
    if given.list:
        print("\n".join(chosen))
        return None

    before = records()
    if given.seed is not None:
        wrong = [again(name, one, given.seed, before.get(name)) for name, one in chosen.items()]
        if any(wrong):
            sys.exit("\n".join(filter(None, wrong)))
        return None
    store, results = STORE, RESULTS
    if given.quick:
        store = Path(tempfile.mkdtemp(prefix="experiments-"))
        results = store / "results"
        chosen = {
            name: replace(one, seeds=one.seeds[:1], choice=one.choice[:1]) for name, one in chosen.items()
        }
    with ExitStack() as stack:
        try:
            client = stack.enter_context(engine.cluster(given.cluster)) if given.cluster else None
        except ValueError as error:
            parser.error(str(error))
        found, rates, failed = engine.run(
            {name: (module_of(name), one) for name, one in chosen.items()}, store,
            jobs=given.jobs, client=client, fresh=given.fresh, quick=given.quick,
            cost={name: line["cpu_seconds"] / line["trials"] for name, line in before.items()},
        )  # fmt: skip
    for module in MODULES:
        ours = import_module(module).SETTINGS
        if ran := [name for name in rates if name in ours]:
            lines = [record(name, chosen[name], found[name], rates[name]) for name in ran]
            made = [one["made_with"] for name in ran for one in found[name].values()]
            write(results / f"{module}.json", lines, made, ours)
    print(f"{len(rates)} settings in {results}")
    if failed:
        sys.exit("\n".join([f"{len(failed)} settings failed:", *failed.values()]))
    return results


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. What is finished is stored; the same command goes on from there.")
