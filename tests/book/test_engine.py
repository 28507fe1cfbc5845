"""The engine of the experiments, with small settings of its own: what runs, is stored and is chosen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "experiments"
sys.path.insert(0, str(FOLDER))

import engine  # noqa: E402
import run  # noqa: E402

STUB = '''
import os
from functools import partial
from pathlib import Path
from settings import Setting

HERE = Path(__file__).parent


def trial(name, seed, rate, quick):
    """Note the call; the first rate solves nothing, the second all, the third half and faster."""
    with open(HERE / "calls", "a") as calls:
        calls.write(f"{{name}} {{seed}} {{rate}} {{quick}}\\n")
    for stop in HERE.glob(f"{{name}} {{seed}}.*"):
        raise {{".wrong": ValueError, ".interrupt": KeyboardInterrupt}}[stop.suffix]("no such luck")
    solved = rate is None or rate == 0.2 or rate > 0.2 and seed % 2 == 0
    made = {{"solved": solved, "sequences": int(1000 / (rate or 1)) + seed if solved else None}}
    return made | {{"error": 0.123456 + seed, "curve": [1 / 3, float("nan")]}}


def setting(name, rates=()):
    said = {{"task": "a stub", "budget": {budget}}}
    return Setting("1", "modern", partial(trial, name), rates, 500, (0, 1, 2), (1000, 1001), said)


SETTINGS = {{
    "{prefix}many": setting("many", (0.1, 0.2, 0.4)),
    "{prefix}one": setting("one", (0.2,)),
    "{prefix}none": setting("none"),
}}
'''


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """Two modules of settings, and folders of their own for what is stored; gives what looks at them."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(run, "STORE", tmp_path / "store")
    return Stub(tmp_path, monkeypatch)


class Stub:
    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch
        monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the modules change within a second
        self.names = [f"{name}_{folder.name}".replace("-", "_") for name in ("first", "second")]
        self.monkeypatch.setattr(run, "MODULES", tuple(self.names))
        self.write()

    def write(self, budget=10):
        for name, prefix in zip(self.names, ("a-", "b-"), strict=True):
            (self.folder / f"{name}.py").write_text(STUB.format(prefix=prefix, budget=budget))
            self.monkeypatch.delitem(sys.modules, name, raising=False)

    def run(self, *arguments):
        """Run in this process; give the lines of calls that it made."""
        (self.folder / "calls").write_text("")
        try:
            run.main(["--jobs", "1", *arguments])
        finally:
            self.calls = (self.folder / "calls").read_text().splitlines()
        return self.calls

    def results(self, module=0):
        return json.loads((self.folder / "results" / f"{self.names[module]}.json").read_text())

    def records(self, module=0):
        return {line["name"]: line for line in self.results(module)["records"]}


def trials(*sequences, error=None):
    return [
        {"solved": n is not None, "sequences": n} | ({} if error is None else {"error": error})
        for n in sequences
    ]


@pytest.mark.parametrize(
    ("tried", "rate"),
    [
        ({0.1: trials(9, 9, 9), 0.2: trials(1, 1, None)}, 0.1),  # most solved
        ({0.1: trials(9, 9, None), 0.2: trials(8, 99, None)}, 0.1),  # then the median, here of 9 and 99
        ({0.1: trials(9, None, None, None), 0.2: trials(1, None, None, None), 0.3: trials(None)}, 0.2),
        ({0.1: trials(None, error=2.0), 0.2: trials(None, error=1.0), 0.3: trials(None, error=3.0)}, 0.2),
        ({0.1: trials(5, error=2.0), 0.2: trials(5, error=2.0), 0.3: trials(5, error=1.0)}, 0.3),
        ({0.1: trials(4, error=2.0), 0.2: trials(5, error=1.0)}, 0.1),
        ({0.1: trials(None, error=float("nan")), 0.2: trials(None, error=1e9)}, 0.2),
        ({0.4: trials(None), 0.2: trials(None), 0.1: trials(None)}, 0.2),  # the middle one
        ({0.8: trials(5), 0.4: trials(5), 0.2: trials(5), 0.1: trials(5)}, 0.2),  # the smaller of two
        ({0.1: trials(None, error=1.0), 0.2: trials(None), 0.3: trials(None)}, 0.1),
    ],
)
def test_the_choice_of_a_rate(tried, rate):
    assert engine.best(tried) == rate
    assert engine.best(dict(reversed(tried.items()))) == rate


def test_a_setting_is_reported_at_the_best_of_its_rates(stub):
    calls = stub.run("a-")
    chose = {f"many {seed} {rate} False" for rate in (0.1, 0.2, 0.4) for seed in (1000, 1001)}
    told = {f"many {seed} 0.2 False" for seed in range(3)}
    rest = {f"one {seed} 0.2 False" for seed in range(3)} | {f"none {seed} None False" for seed in range(3)}
    assert sorted(calls) == sorted(chose | told | rest)
    many, one, none = stub.results()["records"]
    assert (many["name"], one["name"], none["name"]) == ("a-many", "a-one", "a-none")
    assert many["rates"] == {
        "0.1": {"solved": 0, "of": 2, "median": None},
        "0.2": {"solved": 2, "of": 2, "median": 6000.5},
        "0.4": {"solved": 1, "of": 2, "median": None},
    }
    assert (many["rate"], many["at_edge"], one["rate"], one["at_edge"]) == (0.2, False, 0.2, None)
    assert none["rate"] is None and none["rates"] == one["rates"] == {}
    assert (many["trials"], many["solved"], many["seeds"]) == (3, 3, [0, 1, 2])
    assert many["sequences"] == {"median": 5001, "least": 5000, "most": 5002, "mean": 5001}
    assert many["by_seed"]["sequences"] == [5000, 5001, 5002]
    assert many["by_seed"]["error"] == [0.1235, 1.123, 2.123]
    assert many["by_seed"]["curve"] == [[0.3333, None]] * 3
    assert (many["experiment"], many["column"], many["published"]) == ("1", "modern", 500)
    assert (many["task"], many["budget"]) == ("a stub", 10)
    assert many["command"] == "python experiments/run.py a-many"
    assert many["cpu_seconds"] >= 0 and many["choice_cpu_seconds"] >= 0 == one["choice_cpu_seconds"]
    assert not (stub.folder / "results" / f"{stub.names[1]}.json").exists()


def test_a_rate_at_the_edge_is_said_so(stub):
    setting = run.settings()["a-many"]
    found = {
        (rate, seed): {"trial": {"solved": True, "sequences": 7}, "cpu_seconds": 1.0}
        for rate in setting.rates for seed in (0, 1, 2, 1000, 1001)
    }  # fmt: skip
    edges = [run.record("a-many", setting, found, rate)["at_edge"] for rate in setting.rates]
    assert edges == [True, False, True]
    line = run.record("a-many", setting, found, 0.4)
    assert (line["cpu_seconds"], line["choice_cpu_seconds"]) == (3, 6)


def test_an_interrupted_run_goes_on_where_it_stopped(stub):
    everything = 6 + 3 + 3 + 3
    stop = stub.folder / "many 1.interrupt"
    stop.touch()
    with pytest.raises(KeyboardInterrupt):
        stub.run("a-")
    first = stub.calls
    stop.unlink()
    second = stub.run("a-")
    assert not set(first[:-1]) & set(second)
    assert len(set(first) | set(second)) == everything == len(first) - 1 + len(second)
    assert 6 < len(first) < everything, "the choice was complete"
    assert stub.run("a-") == []
    assert len(stub.run("a-", "--fresh")) == everything


def test_a_trial_runs_again_when_its_setting_says_something_else(stub):
    assert len(stub.run("a-one")) == 3
    assert stub.run("a-one") == []
    stub.write(budget=11)
    assert len(stub.run("a-one")) == 3
    assert stub.records()["a-one"]["budget"] == 11
    stub.write(budget=10)
    assert stub.run("a-one") == []


def test_a_file_that_was_cut_off_runs_again(stub, caplog):
    stub.run("a-one")
    for path in (stub.folder / "store").rglob("output.pkl"):
        path.write_bytes(path.read_bytes()[:20])
    assert len(stub.run("a-one")) == 3
    assert caplog.text.count("Exception while loading results") == 3
    assert stub.run("a-one") == []


def test_records_of_settings_that_did_not_run_stay(stub):
    stub.run("a-none")
    path = stub.folder / "results" / f"{stub.names[0]}.json"
    path.write_text(path.read_text().replace('"numpy": "', '"numpy": "1.0, '))
    stub.run("a-many", "b-")
    assert list(stub.records()) == ["a-many", "a-none"]
    assert list(stub.records(1)) == ["b-many", "b-one", "b-none"]
    head = stub.results()
    assert head["versions"]["numpy"].startswith("1.0, ") and head["machine"]
    assert list(head) == ["made_by", "machine", "versions", "published", "cpu_seconds", "records"]
    spent = sum(r["cpu_seconds"] + r["choice_cpu_seconds"] for r in head["records"])
    assert head["cpu_seconds"] == {"modern": pytest.approx(spent, abs=0.06)}
    assert "1.0" not in stub.results(1)["versions"]["numpy"]
    assert len(path.read_text().splitlines()) == 1 + 5 + 1 + 2 + 1 + 1, "a record a line"


def test_one_seed_by_itself_is_compared_with_the_stored_one(stub, capsys):
    stub.run("a-many")
    assert stub.run("a-many", "--seed", "2") == ["many 2 0.2 False"]
    out = capsys.readouterr().out
    assert '"sequences": 5002' in out and "It equals the stored trial." in out
    path = stub.folder / "results" / f"{stub.names[0]}.json"
    path.write_text(path.read_text().replace("5002", "5003"))
    with pytest.raises(SystemExit, match="a-many, seed 2, rate 0.2 differs .* sequences 5002, stored 5003$"):
        stub.run("a-many", "--seed", "2")
    assert stub.run("a-many", "--seed", "7") == ["many 7 0.2 False"]
    assert "No trial with seed 7 is stored" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="b-many is not in the results"):
        stub.run("b-many", "--seed", "2")
    assert stub.run("b-one", "--seed", "2") == ["one 2 0.2 False"]


def test_a_trial_that_fails_is_named_and_leaves_the_others(stub):
    wrong = stub.folder / "many 1001.wrong"
    wrong.touch()
    with pytest.raises(SystemExit, match=r"a-many, seed 1001, rate [\s\S]*ValueError: no such luck"):
        stub.run("a-")
    assert list(stub.records()) == ["a-one", "a-none"]
    many = [line for line in stub.calls if line.startswith("many")]
    assert many == ["many 1000 0.1 False", "many 1001 0.1 False"], "the rest of it is left out"
    wrong.unlink()
    assert len(stub.run("a-")) == 6 + 3 - 1
    assert list(stub.records()) == ["a-many", "a-one", "a-none"]


def test_quick_runs_one_seed_each_and_stores_nothing(stub, monkeypatch):
    place = stub.folder / "elsewhere"
    monkeypatch.setattr(run.tempfile, "mkdtemp", lambda **_: str(place))
    calls = stub.run("a-", "--quick")
    chose = [f"many 1000 {rate} True" for rate in (0.1, 0.2, 0.4)]
    assert sorted(calls) == sorted([*chose, "many 0 0.4 True", "one 0 0.2 True", "none 0 None True"])
    assert not (stub.folder / "store").exists() and not (stub.folder / "results").exists()
    (path,) = (place / "results").iterdir()
    assert [line["trials"] for line in json.loads(path.read_text())["records"]] == [1, 1, 1]


def test_choices_come_first_and_the_longest_of_each(stub):
    chosen = {name: (stub.names[0], run.settings()[name]) for name in ("a-one", "a-none", "a-many")}
    (stub.folder / "calls").write_text("")
    engine.run(chosen, stub.folder / "store", cost={"a-one": 1, "a-none": 3, "a-many": 2})
    calls = [line.split()[0] for line in (stub.folder / "calls").read_text().splitlines()]
    assert calls == ["many"] * 6 + ["none"] * 3 + ["many"] * 3 + ["one"] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no setting begins with nothing; there are a-many, "),
        (["--jobs", "0"], "--jobs must be at least 1, got 0"),
        (["--cluster", "local:0"], "must be tcp://HOST:PORT, or local:N with N workers, got 'local:0'"),
        (["--cluster", "here"], "got 'here'"),
    ],
)
def test_wrong_arguments(stub, arguments, message, capsys):
    with pytest.raises(SystemExit):
        stub.run(*arguments)
    assert message in capsys.readouterr().err and stub.calls == []


def test_a_cluster_needs_dask(stub, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemExit):
        stub.run("--cluster", "local:2")
    assert "CLUSTER needs dask and distributed" in capsys.readouterr().err


def test_what_does_not_fit_is_refused(stub):
    one = run.settings()["a-one"]
    with pytest.raises(ValueError, match=r"x: seeds that choose must not be reported, got \[1\] in both"):
        engine.run({"x": (stub.names[0], run.replace(one, choice=(1,)))}, stub.folder / "store")
    found = {(0.2, seed): {"trial": {"solved": True, "sequences": 1}, "cpu_seconds": 1} for seed in range(3)}
    with pytest.raises(ValueError, match="x: about must not say rate"):
        run.record("x", run.replace(one, about={"rate": 1}), found, 0.2)


def test_processes_give_what_one_gives(stub):
    """As from the command line, where the settings lie in another folder than the one that runs."""
    stub.run()
    alone = [stub.records(0), stub.records(1)]
    script = f"""
import sys
sys.path[:0] = [{str(FOLDER)!r}, {str(stub.folder)!r}]
import run
from pathlib import Path
run.MODULES = {tuple(stub.names)!r}
run.STORE, run.RESULTS = Path({str(stub.folder)!r}) / "store2", Path({str(stub.folder)!r}) / "results"
if __name__ == "__main__":
    run.main(["--jobs", "2"])
"""
    (stub.folder / "started.py").write_text(script)
    (stub.folder / "calls").write_text("")
    done = subprocess.run([sys.executable, stub.folder / "started.py"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"6 settings in {stub.folder / 'results'}\n"), done.stderr
    assert len((stub.folder / "calls").read_text().splitlines()) == 30
    assert done.stderr.splitlines()[-1].startswith("30 of 30: ")
    for before, module in zip(alone, (0, 1), strict=True):
        for name, line in stub.records(module).items():
            same = {key: value for key, value in line.items() if "seconds" not in key}
            assert same == {key: value for key, value in before[name].items() if "seconds" not in key}
