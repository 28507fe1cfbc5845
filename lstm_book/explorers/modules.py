"""The explorers' JavaScript: its files, and the text that a page or a widget is given."""

import json
import re
from pathlib import Path
from typing import Any

from lstm_lib import tasks

STATIC = Path(__file__).parent / "static"
TASKS = Path(tasks.__file__).parent  # whose corpus the browser reads, too

_IMPORT = re.compile(r'^import\s+(.+?)\s+from\s+"\./([\w.]+)"(?:\s+with\s+\{[^}]*\})?;\n', re.M | re.S)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.M)
_UNREAD = re.compile(r"^ *//.*\n|^ +|(?<=[;{]) // .*", re.M)  # for readers of the files, not of the page
_RECORD = ("made_by", "unseen", "wrong", "right")  # how a network was made and tried: not for the page
_ONCE = "const $once = (make) => { let made; return () => (made ??= make()); };"
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.M)


def module_text(*names: str, then: str = "") -> str:
    """Link modules of `static/` into the text of one, since neither `file://` nor anywidget can import.

    What the files `names` import is linked once, before them, each in a function of its own, so that no names
    clash, which runs when another first needs it. `then`, text at the end, reaches the exports of a module as
    ``$cell().render`` for ``cell.mjs``. Data are text until then: a browser reads JSON faster than scripts.
    """
    linked: dict[str, str] = {}

    def link(name: str) -> None:
        if name in linked:
            return
        source = next(path for path in (STATIC / name, TASKS / name) if path.exists()).read_text("utf-8")
        if name.endswith(".json"):
            data = json.loads(source)
            if "made_by" in data:
                data = {key: value for key, value in data.items() if key not in _RECORD}
            text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
            text = text.replace("\\", r"\\").replace("'", r"\'")
            linked[name] = f"const {_identifier(name)} = $once(() => JSON.parse('{text}'));"
            return
        for _, wanted in _IMPORT.findall(source):
            link(wanted)
        body = _IMPORT.sub(lambda m: f"const {m[1]} = {_identifier(m[2])}();\n", source)
        body = _EXPORT.sub("", _UNREAD.sub("", body))
        exported = ", ".join(_EXPORTED.findall(source))
        linked[name] = f"const {_identifier(name)} = $once(() => {{\n{body}\nreturn {{ {exported} }};\n}});"

    for name in names:
        link(name)
    return "\n".join([_ONCE, *linked.values(), then])


def read_json(name: str) -> dict[str, Any]:
    return dict(json.loads((STATIC / name).read_text("utf-8")))


def _identifier(name: str) -> str:
    return "$" + name.removesuffix(".mjs").replace(".", "_")
