"""The embedded Reber grammar, apart from the library."""

SYMBOLS = "BTPSXVE"
REBER = {  # written out from the figure of the paper, apart from the library
    0: {"T": 1, "P": 2},
    1: {"S": 1, "X": 3},
    2: {"T": 2, "V": 4},
    3: {"X": 2, "S": 5},
    4: {"P": 3, "V": 5},
    5: {"E": None},
}


def legal_after(text):
    """Symbols the embedded grammar allows after a beginning, or None if the beginning breaks it."""
    if len(text) == 1:
        return {"T", "P"} if text == "B" else None
    branch, inner, state = text[1], text[2:], 0
    if branch not in "TP":
        return None
    if not inner:
        return {"B"}
    if inner[0] != "B":
        return None
    for n, symbol in enumerate(inner[1:], 1):
        if symbol not in REBER[state]:
            return None
        state = REBER[state][symbol]
        if state is None:
            tail = inner[n + 1 :]
            return {"": {branch}, branch: {"E"}, branch + "E": set()}.get(tail)
    return set(REBER[state])


def words(symbols):
    return "".join(SYMBOLS[s] for s in symbols)
