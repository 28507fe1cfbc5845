"""What all explorers share."""

import html
import json
import reprlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from lstm_lib.mends import meant

from .goals import GOALS, meets
from .modules import STATIC, module_text, read_json
from .traits import NAMES, PLACES, Value, place_of, plain, refuse

_DOC = """

    `preset`, one of {presets}, or its label, sets many values at once;
    single values given beside it win. It is "" when a value has left it. An unknown preset or keyword, or a
    value beyond its limits, raises TraitError. The values:

    {values}
    """


class Code(str):
    """Text that a notebook shows as it is written."""

    def __repr__(self) -> str:
        return str(self)


class Explorer(anywidget.AnyWidget):
    """What all explorers share: presets, one module for every place, a first picture where no script runs.

    A subclass names its `kind` (also its module, ``static/<kind>.mjs``), its `limits` (what its values may
    be, of which its traits are made), its `presets` (values by name, by preset) and gives a `first_picture`:
    a still SVG and a sentence that says what it shows. A trait tagged ``explorer=True`` is part of the state
    of a page.
    """

    kind: str
    limits: dict[str, dict[str, Any]] = {}
    presets: dict[str, dict[str, Any]]
    labels: dict[str, str] = {}  # of the presets, as the buttons say them
    _css = "".join((STATIC / name).read_text("utf-8") for name in ("explorer.css", "listened.css"))

    preset = traitlets.Unicode().tag(sync=True, explorer=True)
    initial = traitlets.Dict(help="The state that Reset brings back.").tag(sync=True)
    puzzles = traitlets.Dict(help="Its goals in full, for the browser.").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Link the module of a new kind, make traits of its values (anywidget subclasses once more)."""
        if "kind" in cls.__dict__:
            for name, limit in cls.limits.items():
                setattr(cls, name, Value(limit))
                getattr(cls, name).class_init(cls, name)
            export = f"export default {{ render: $listened().listened(${cls.kind}().render) }};"
            cls._esm = module_text(f"{cls.kind}.mjs", "listened.mjs", then=export)
            if cls.limits:
                cls.labels = {n: one["label"] for n, one in read_json(f"{cls.kind}_presets.json").items()}
                alike: dict[str, list[str]] = {}
                for name in cls.limits:
                    alike.setdefault(getattr(cls, name).info_text, []).append(name)
                values = "\n    ".join(f"- {', '.join(names)}: {said}" for said, names in alike.items())
                doc = _DOC.format(presets=", ".join(map(repr, cls.presets)), values=values)
                cls.__doc__ = f"{cls.__doc__}".rstrip() + doc
        super().__init_subclass__(**kwargs)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Its values, and what a subclass gives."""

    def __init__(self, preset: str | None = None, **values: Any) -> None:
        known = self.trait_names(explorer=True)
        if unknown := sorted(set(values) - set(known)):
            raise traitlets.TraitError(
                f"{type(self).__name__}: unknown keyword {unknown[0]!r}; known are {', '.join(known)}"
            )
        preset = next(iter(self.presets)) if preset is None else self._named(preset)
        # A sequence given without a place is looked at from its start: the preset's may lie beyond its end.
        start = {name: self._start(limit) for name, limit in self.limits.items() if limit.get("in") in values}
        super().__init__(**{**self._preset_values(preset), **start, "preset": preset, **values})
        self.on_msg(lambda *_: self.send({}))  # it is there: see listened.mjs
        self._settle({"name": ""})
        moved = {"preset"} | {name for name, limit in self.limits.items() if not limit.get("fixed")}
        self.puzzles = {name: GOALS[name] for name in getattr(self, "goals", [])}
        self.initial = {name: value for name, value in self.state().items() if name in moved}
        self._past: list[dict[str, Any]] = []
        self._future: list[dict[str, Any]] = []
        self._now, self._hand = self.initial, list[str]()

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:1] != "_" and not hasattr(type(self), name):
            mend = meant(name, dir(self)) or f"; its values are {', '.join(self.limits)}"
            raise AttributeError(f"{type(self).__name__} has no {name}{mend}")
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        mine = {name for kind in type(self).__mro__ if issubclass(kind, Explorer) for name in vars(kind)}
        inner = {"first_picture", "initial", "kind", "labels", "puzzles", "series"}
        return sorted({name for name in {*mine, *self.limits} - inner if name[0] != "_"} | {"observe"})

    def __repr__(self) -> str:
        return self._call(reprlib.repr)

    def code(self) -> str:
        """Give the call that makes what is set now."""
        return Code(self._call(repr))

    def _call(self, written: Callable[[Any], str]) -> str:
        now = self.state()

        def beside(preset: str) -> dict[str, Any]:
            """What has to be said beside a preset."""
            usual = self._usual(preset)
            for name, limit in self.limits.items():
                sequence = limit.get("in", name)
                if sequence != name and now.get(sequence) != usual.get(sequence):  # it has to be said
                    usual[name] = self._start(limit)
            return {name: now[name] for name in usual if now[name] != usual[name]}

        preset = self.preset or min(self.presets, key=lambda one: len(beside(one)))
        values = "".join(f", {name}={written(value)}" for name, value in beside(preset).items())
        return f"{type(self).__name__}({preset!r}{values})"

    def _named(self, preset: Any) -> Any:
        """Give the name of a preset that is called by its label."""
        same = {label.lower(): name for name, label in self.labels.items()}
        return same.get(preset.lower(), preset) if isinstance(preset, str) else preset

    def _usual(self, preset: str) -> dict[str, Any]:
        """Give what need not be said beside a preset."""
        return {name: limit["default"] for name, limit in self.limits.items()} | self._preset_values(preset)

    def _preset_values(self, preset: str) -> dict[str, Any]:
        if not isinstance(preset, str) or preset not in self.presets:
            refuse("preset", preset, f"one of {', '.join(self.presets)}")
        return self.presets[preset]

    def _holds(self, preset: str) -> bool:
        """Whether the values are a preset's; to look elsewhere is no other setting."""
        own = self._preset_values(preset)
        return all(getattr(self, n) == own[n] for n in own if not self.limits[n].get("look"))

    @staticmethod
    def _start(limit: dict[str, Any]) -> Any:
        return 1 if limit["type"] == "place" else []

    @traitlets.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        preset = self._named(proposal["value"])
        if preset:
            self._preset_values(preset)
        return str(preset)

    @traitlets.observe("preset")
    def _apply_preset(self, change: Any) -> None:
        # While the constructor sets values (`initial` still empty), single values win over the preset; and
        # the browser sends a preset together with its values.
        preset = change["new"]
        if preset and self.initial and not self._holds(preset):
            self._hand = []  # a move of its own
            with self.hold_sync(), self.hold_trait_notifications():
                for name, value in self._preset_values(preset).items():
                    setattr(self, name, value)
            self._hand = []

    def _count(self, limit: dict[str, Any]) -> int:
        """How many places there are: steps, words, or as many as the limit says."""
        if "in" not in limit:
            return int(limit["high"])
        sequence = getattr(self, limit["in"])
        return len(sequence.split(" ") if isinstance(sequence, str) else sequence)

    @traitlets.validate(*PLACES)
    def _lies_in_sequence(self, proposal: Any) -> Any:
        """Refuse a step that the sequence has not got."""
        name, value = proposal["trait"].name, proposal["value"]
        last = self._count(self.limits[name])
        for place in map(place_of, value if isinstance(value, list) else [value]):
            if not 1 <= place <= last:
                refuse(name, place, f"1 to {last}")
        return value

    @traitlets.observe(*NAMES)
    def _settle(self, change: Any) -> None:
        """Bring places back into a shorter sequence; a preset's name stays only with its values."""
        with self.hold_trait_notifications():  # nobody hears of one place while another lies beyond the end
            for name, limit in self.limits.items():
                if limit.get("in") == change["name"]:
                    value, last = getattr(self, name), self._count(limit)
                    listed = isinstance(value, list)
                    inside = [one for one in value if place_of(one) <= last] if listed else min(value, last)
                    setattr(self, name, inside)
        if self.preset and not self._holds(self.preset):
            self.preset = ""
        self._note()

    def _note(self) -> None:
        """Remember what was, here or in the browser; what is done to one value in a row is one move."""
        now = {name: plain(getattr(self, name)) for name in self.initial}
        looks = {"preset"} | {name for name, limit in self.limits.items() if limit.get("look")}
        moved = [name for name in now if name not in looks and now[name] != self._now[name]]
        if not moved:
            return
        if moved != self._hand:
            self._past.append(self._now)
            self._future.clear()
        self._hand, self._now = moved if len(moved) == 1 else [], now

    def _go(self, back: list[dict[str, Any]], forth: list[dict[str, Any]]) -> bool:
        if not back:
            return False
        forth.append({name: plain(getattr(self, name)) for name in self.initial})
        self._hand, self._now = [], back.pop()
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in self._now.items():
                setattr(self, name, value)
        return True

    def undo(self) -> bool:
        """Bring back what stood before the last move, here or in the browser; False if there was none."""
        return self._go(self._past, self._future)

    def redo(self) -> bool:
        """Do again what `undo` has undone, if nothing was moved since; False if there is nothing."""
        return self._go(self._future, self._past)

    def state(self) -> dict[str, Any]:
        """Give every value that the reader or the author sets, by name."""
        return {name: plain(getattr(self, name)) for name in self.trait_names(explorer=True)}

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of, by name, for values of this kind."""
        raise NotImplementedError(f"no goal speaks of a {cls.kind}")

    def met(self, goal: str) -> bool:
        """Whether what is set meets a goal, by its name; the inputs that it tries are its own.

        The goals of a kind, what they ask and where they start stand in `lstm_book.explorers.goals.GOALS`.
        """
        ids = [name for name, one in GOALS.items() if one["kind"] == self.kind]
        if not isinstance(goal, str) or goal not in ids:
            refuse("goal", goal, f"one of {', '.join(ids)}" if ids else "none, for this kind has no goals")
        return meets(GOALS[goal], {name: getattr(self, name) for name in self.limits}, self.series)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]  # a widget with a view
        picture, sentence = self.first_picture()
        whole = {**self.state(), "initial": self.initial, "puzzles": self.puzzles}
        page_state = json.dumps(whole, ensure_ascii=False)
        data["text/html"] = (
            f'<div class="lx-place" data-state="{html.escape(page_state)}">'
            f'<figure class="lx lx-still" data-explorer="{self.kind}">{picture}'
            f"<figcaption>{html.escape(sentence)}</figcaption></figure></div>"
        )
        return data, metadata
