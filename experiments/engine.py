"""The engine of run.py: trials side by side, here or on a cluster, each stored as it ends.

A setting with several rates is first tried at each with the seeds of its choice; the best of them then takes
the seeds that are reported. What a worker needs is found by name, so that it may run on another machine.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"  # a trial a core; more threads for such small products only cost

import hashlib  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import platform  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from contextlib import ExitStack, contextmanager  # noqa: E402
from importlib import import_module  # noqa: E402
from importlib.metadata import PackageNotFoundError, version  # noqa: E402
from pathlib import Path  # noqa: E402
from queue import Empty, PriorityQueue  # noqa: E402

import numpy as np  # noqa: E402
from joblib import Memory, Parallel, delayed, parallel_config  # noqa: E402

import lstm_lib  # noqa: E402

FOLDER = Path(__file__).parent


def work(module, name, seed, rate, quick):
    """Run one trial where the worker is; give its key, and what came out or what went wrong."""
    try:
        setting = import_module(module).SETTINGS[name]
        began = time.process_time()
        trial = setting.trial(seed, rate, quick)
        took = time.process_time() - began
        if lacking := {"solved", "sequences"} - set(trial):
            raise ValueError(f"a trial must say {', '.join(sorted(lacking))}, got {sorted(trial)}")
        result = {"trial": json.loads(json.dumps(trial)), "cpu_seconds": took, "made_with": made_with(module)}
    except Exception:
        result = {"failed": traceback.format_exc()}
    return name, rate, seed, result


def made_with(module):
    """Versions, those of the packages that the module names in PACKAGES too, and the kind of processor."""
    found = {"python": platform.python_version()}
    for package in ("numpy", *getattr(import_module(module), "PACKAGES", ())):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # the module knows how to do without
    try:
        model = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        model = None
    return found | {"machine": model[1] if model else platform.processor() or platform.machine()}


def keep(name, about, rate, seed, quick, found):
    """Give what was found: Memory stores it under the rest, and calls this only if it holds nothing there."""
    if found is None:  # do not edit this function: joblib empties the store when its text changes
        raise KeyError(name)
    return found


def order(trials):
    """How good trials with one rate are; less is better."""
    times = [math.inf if trial["sequences"] is None else trial["sequences"] for trial in trials]
    errors = [trial.get("error") for trial in trials]
    error = math.inf if None in errors else float(np.mean(errors))
    solved = sum(trial["solved"] for trial in trials)
    return -solved, median(times), math.inf if math.isnan(error) else error


def median(times):
    """The middle one, infinite ones too."""
    times = sorted(times)
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2


def best(tried):
    """Choose a rate.

    The one that solves most; of these the one with the least median of the sequences, where one that is not
    solved takes infinitely many; of these the least mean error, if the trials say it; of these the one
    nearest to the middle of the rates, the smaller of two.

    Parameters
    ----------
    tried : dict
        The trials of each rate.
    """
    rates = sorted(tried)
    return min(rates, key=lambda rate: (order(tried[rate]), abs(2 * rates.index(rate) - len(rates) + 1)))


def choosing(setting):
    """The rates and seeds that choose; none where there is nothing to choose."""
    rates = setting.rates if len(setting.rates) > 1 else ()
    return [(rate, seed) for rate in rates for seed in setting.choice]


def chosen_rate(setting, found):
    """The rate of the reported trials, or None as long as the choice is not complete."""
    if len(setting.rates) < 2:
        return setting.rates[0] if setting.rates else None
    return best({rate: [found[rate, seed]["trial"] for seed in setting.choice] for rate in setting.rates})


def run(chosen, store, *, jobs=1, client=None, fresh=False, quick=False, cost=None):
    """Run all trials of some settings that are not stored yet.

    All choices come first, then what is reported; in each, the longest first. Once a choice is complete its
    setting goes on, so that no process waits for another's last trial.

    Parameters
    ----------
    chosen : dict
        By name: the module of a setting, and the setting.
    store : path
        Folder of the trials.
    jobs, client
        Processes here, or the client of a Dask cluster.
    fresh, quick : bool
        Run stored trials again; stop each after a few updates.
    cost : dict, optional
        Seconds that a trial took last time, by name. What is not there counts as long.

    Returns
    -------
    found : dict
        By name: what each (rate, seed) gave.
    rates : dict
        By name: the rate of the reported trials, of those settings that are complete.
    failed : dict
        By name: what went wrong.
    """
    stored = Memory(store, verbose=0).cache(keep, ignore=["found"])
    found, rates, failed = {name: {} for name in chosen}, {}, {}
    waiting = PriorityQueue()
    total = 0
    for name, (_, setting) in chosen.items():
        total += len(choosing(setting)) + len(setting.seeds)
        if both := set(setting.choice) & set(setting.seeds):
            raise ValueError(f"{name}: seeds that choose must not be reported, got {sorted(both)} in both")

    def key(name, rate, seed):
        return name, json.dumps(chosen[name][1].about, sort_keys=True), rate, seed, quick

    def ask(stage, name, trials):
        """Take from the store what is there; the rest waits."""
        for rate, seed in trials:
            try:
                if fresh:
                    raise KeyError
                found[name][rate, seed] = stored(*key(name, rate, seed), None)
            except KeyError:
                waiting.put((stage, -(cost or {}).get(name, math.inf), name, rate, seed))

    def go_on(name):
        """Ask for what is reported, once all that chooses is there."""
        setting = chosen[name][1]
        if name not in rates and found[name].keys() >= set(choosing(setting)):
            rates[name] = chosen_rate(setting, found[name])
            ask(1, name, [(rates[name], seed) for seed in setting.seeds])

    def due():
        """What waits now. joblib takes one whenever a process is free."""
        while True:
            try:
                *_, name, rate, seed = waiting.get_nowait()
            except Empty:
                return
            if name not in failed:
                yield delayed(work)(chosen[name][0], name, seed, rate, quick)

    for name, (_, setting) in chosen.items():
        ask(0, name, choosing(setting))
        go_on(name)
    where = {"backend": "dask", "client": client} if client else {"backend": "loky", "n_jobs": jobs}
    with parallel_config(**where):
        # Twice at most: the queue can run out while the last choices are under way
        while not waiting.empty():
            parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")
            for name, rate, seed, result in parallel(due()):
                if "failed" in result:
                    failed.setdefault(name, f"{called(name, rate, seed)} failed:\n{result['failed']}")
                    print(f"{called(name, rate, seed)} failed", file=sys.stderr, flush=True)
                    continue
                stored.call(*key(name, rate, seed), result)
                found[name][rate, seed] = result
                go_on(name)
                trial = result["trial"]
                end = f"solved, {trial['sequences']} sequences" if trial["solved"] else "not solved"
                print(
                    f"{sum(map(len, found.values()))} of {total}: {called(name, rate, seed)}: {end},"
                    f" {result['cpu_seconds']:.1f} s",
                    file=sys.stderr, flush=True,
                )  # fmt: skip
    rates = {name: rate for name, rate in rates.items() if name not in failed}
    return found, rates, failed


def called(name, rate, seed):
    """What a trial is called."""
    return f"{name}, seed {seed}" + ("" if rate is None else f", rate {rate:g}")


def code():
    """A short sum of the files that a trial is made by."""
    files = [*FOLDER.glob("*.py"), *Path(lstm_lib.__file__).parent.rglob("*.py")]
    texts = sorted((path.name, path.read_bytes()) for path in files)
    return hashlib.sha256(repr(texts).encode()).hexdigest()


@contextmanager
def cluster(address):
    """Give the client of a Dask cluster, whose machines hold the same files; each worker has one thread.

    Parameters
    ----------
    address : str
        That of a scheduler, tcp://HOST:PORT, or local:N for N workers here.

    Raises
    ------
    ValueError
        The address is neither, or what it leads to will not do.
    """
    if not re.fullmatch(r"local:[1-9]\d*|(tcp|tls)://\S+:\d+", address):
        raise ValueError(f"CLUSTER must be tcp://HOST:PORT, or local:N with N workers, got {address!r}")
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ValueError(
            "CLUSTER needs dask and distributed, which experiments/requirements.txt names:"
            " make experiments installs them in _build/experiments-env"
        ) from None
    with ExitStack() as stack:
        try:
            client = _client(address, stack, Client, LocalCluster)
        except (OSError, TimeoutError) as error:
            raise ValueError(f"no workers at {address}: {error}") from error
        yield client


def _client(address, stack, Client, LocalCluster):
    """The client, closed with the stack, once its workers are there and will do."""
    place = address
    if address.startswith("local:"):
        number = int(address.partition(":")[2])
        place = LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address=None)
        stack.enter_context(place)
    client = stack.enter_context(Client(place, timeout=10))
    client.wait_for_workers(1, timeout=30)
    if wide := [where for where, threads in client.nthreads().items() if threads != 1]:
        raise ValueError(
            f"each worker of {address} must have one thread, got more in {', '.join(wide)}; start them with"
            " dask worker --nthreads 1"
        )
    try:  # the scheduler too: it unpacks what it hands on, and joblib would wait for ever if it cannot
        theirs = {client.run_on_scheduler(code), *client.run(code).values()}
    except Exception as error:  # whatever one says that lacks the module
        raise ValueError(
            f"the scheduler or a worker of {address} does not find the experiments ({error}); start both in a"
            " copy of this folder with PYTHONPATH=experiments"
        ) from error
    if theirs != {code()}:
        raise ValueError(f"the workers of {address} hold other files than this folder; make them the same")
    return client
