"""Every public name of the library is used by more than tests."""

import names
import pytest

import lstm_lib


def test_every_public_name_has_a_use(capsys):
    with pytest.raises(SystemExit) as ended:
        names.main()
    assert ended.value.code == 0
    assert "lstm_lib.tasks.adding" in capsys.readouterr().out


def test_a_name_that_tests_alone_use_is_named(monkeypatch):
    monkeypatch.setattr(lstm_lib, "an_idle_name", names.main, raising=False)
    monkeypatch.setattr(lstm_lib, "__all__", [*lstm_lib.__all__, "an_idle_name"])
    with pytest.raises(SystemExit, match="^used by tests alone, or by nothing: an_idle_name$"):
        names.main()
