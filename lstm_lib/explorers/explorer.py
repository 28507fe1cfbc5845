"""What all explorers share."""

from __future__ import annotations

import html
import json
from typing import Any

import anywidget
import traitlets

from .modules import STATIC, module_text
from .traits import PLACES, SEQUENCES


class Explorer(anywidget.AnyWidget):
    """What all explorers share: presets, one module for every place, a first picture where no script runs.

    A subclass names its `kind` (also its module, ``static/<kind>.mjs``), its `presets` (values by trait, by
    preset) and draws `first_picture`. A trait tagged ``explorer=True`` is part of the state of a page.
    """

    kind: str
    presets: dict[str, dict[str, Any]]
    _css = (STATIC / "explorer.css").read_text("utf-8")

    limits: dict[str, dict[str, Any]] = {}

    preset = traitlets.Unicode().tag(sync=True, explorer=True)
    initial = traitlets.Dict(help="The state that Reset brings back.").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Link the module of a new kind (anywidget subclasses once more, for its traits)."""
        if "kind" in cls.__dict__:
            cls._esm = module_text(
                f"{cls.kind}.mjs", then=f"export default {{ render: ${cls.kind}().render }};"
            )
        super().__init_subclass__(**kwargs)

    def __init__(self, preset: str | None = None, **values: Any) -> None:
        known = self.trait_names(explorer=True)
        if unknown := sorted(set(values) - set(known)):
            raise traitlets.TraitError(
                f"{type(self).__name__}: unknown keyword {unknown[0]!r}; known are {', '.join(known)}"
            )
        if preset is None:
            preset = next(iter(self.presets))
        start = {**self._preset_values(preset), **self._place(values)}
        super().__init__(**{**start, "preset": preset, **values})
        own = {
            name: value for name, value in self._preset_values(preset).items() if name != self._position[0]
        }
        if any(getattr(self, name) != value for name, value in own.items()):
            self.preset = ""
        moved = {"preset"} | {name for name, limit in self.limits.items() if not limit.get("fixed")}
        self.initial = {name: value for name, value in self.state().items() if name in moved}

    def _place(self, values: dict[str, Any]) -> dict[str, Any]:
        """Look at the first step of a sequence given without one: the preset's may lie beyond its end."""
        place, along = self._position
        return {place: 1} if along in values and place not in values else {}

    @property
    def _position(self) -> tuple[str, str]:
        """The trait that is a place, and the trait that it is a place in."""
        places = (
            (name, limit.get("in", "")) for name, limit in self.limits.items() if limit["type"] == "place"
        )
        return next(places, ("", ""))

    def _count(self, sequence: str) -> int:
        value = getattr(self, sequence)
        return len(value.split(" ") if isinstance(value, str) else value)

    @traitlets.validate(*PLACES)
    def _lies_in_sequence(self, proposal: Any) -> Any:
        """Refuse a step that the sequence has not got."""
        name, value = proposal["trait"].name, proposal["value"]
        limit = self.limits[name]
        last = self._count(limit["in"]) if "in" in limit else limit["high"]
        for place in value if isinstance(value, list) else [value]:
            if not 1 <= place <= last:
                raise traitlets.TraitError(f"{name}: came {place}, wanted 1 to {last}")
        return value

    @traitlets.observe(*SEQUENCES)
    def _stays_in_sequence(self, change: Any) -> None:
        for name, limit in self.limits.items():
            if limit.get("in") == change["name"]:
                value, last = getattr(self, name), self._count(change["name"])
                inside = (
                    [place for place in value if place <= last]
                    if isinstance(value, list)
                    else min(value, last)
                )
                setattr(self, name, inside)

    def _preset_values(self, preset: str) -> dict[str, Any]:
        if not isinstance(preset, str) or preset not in self.presets:
            raise traitlets.TraitError(f"preset: came {preset!r}, wanted one of {', '.join(self.presets)}")
        return self.presets[preset]

    @traitlets.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        if proposal["value"]:
            self._preset_values(proposal["value"])
        return str(proposal["value"])

    @traitlets.observe("preset")
    def _apply_preset(self, change: Any) -> None:
        # While the constructor sets values (`initial` still empty), single values win over the preset.
        if change["new"] and self.initial:
            with self.hold_sync():
                for name, value in self._preset_values(change["new"]).items():
                    if name not in self._from_browser:
                        setattr(self, name, value)

    _from_browser: tuple[str, ...] = ()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends: a link may look at another place than its preset does."""
        self._from_browser = (*sync_data, self._position[0])
        try:
            super().set_state(sync_data)
        finally:
            self._from_browser = ()

    def state(self) -> dict[str, Any]:
        """Give every value that the reader or the author sets, by name."""
        return {name: getattr(self, name) for name in self.trait_names(explorer=True)}

    def first_picture(self) -> tuple[str, str]:
        """Give an SVG of the present state and a sentence that says what it shows."""
        raise TypeError(f"{type(self).__name__} draws no first picture: write first_picture()")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]  # a widget with a view
        picture, sentence = self.first_picture()
        page_state = json.dumps({**self.state(), "initial": self.initial}, ensure_ascii=False)
        data["text/html"] = (
            f'<div class="lx-place" data-state="{html.escape(page_state)}">'
            f'<figure class="lx lx-still" data-explorer="{self.kind}">{picture}'
            f"<figcaption>{html.escape(sentence)}</figcaption></figure></div>"
        )
        return data, metadata
