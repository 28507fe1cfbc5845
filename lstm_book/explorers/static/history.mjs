// What was: undo and redo, the lines before the last move, and a setting pinned to compare with.
import { same } from "./limits.mjs";

// `state` is what `apply(state)` changes; the values named in `looks` only choose what is looked at, and moving them is no
// move of its own. One move is all that one hand does to the same values: `rest` ends it.
export function remembered({ state, looks, apply }) {
  const past = [];
  const future = [];
  const copy = () => ({ ...state });
  const MOST = 200; // moves
  let hand, before, pinned;

  function note(values) {
    const moved = Object.keys(values).filter((name) => name !== "preset" && !looks.has(name) && !same(values[name], state[name]));
    if (moved.length && moved.join() !== hand) mark(moved.join());
  }
  function mark(by) {
    hand = by;
    before = copy();
    past.push(before);
    if (past.length > MOST) past.shift();
    future.length = 0;
  }
  const rest = () => { hand = undefined; };

  function go(from, to) {
    if (!from.length) return false;
    rest();
    before = copy();
    to.push(before);
    apply(from.pop());
    return true;
  }

  return {
    note, mark, rest,
    undo: () => go(past, future),
    redo: () => go(future, past),
    pin() { pinned = pinned ? undefined : copy(); },
    unpin() { pinned = undefined; },
    swap() {
      const [there, here] = [pinned, copy()];
      if (!there) return;
      rest();
      pinned = here;
      past.push(here);
      apply(there);
    },
    pinned: () => pinned,
    // What stands behind the lines: A, if one is pinned, or else what was before the last move
    ghost: () => pinned ?? before,
  };
}

// One sentence of what differs between two states: "b_f 6 → −5, x"
export function told(limits, before, after) {
  const short = (value) => String(Number(value.toFixed(4))).replace("-", "\u2212");
  const changed = Object.keys(limits).filter((name) =>
    !limits[name].fixed && !limits[name].look && !same(before[name], after[name]));
  const parts = changed.map((name) => {
    if (limits[name].type === "number") return `${name} ${short(before[name])} → ${short(after[name])}`;
    if (limits[name].type === "boolean") return `${name} ${after[name] ? "on" : "off"}`;
    if (limits[name].type === "choice") return `${name} ${after[name]}`;
    return name;
  });
  if (!parts.length) return "";
  const shown = parts.length > 4 ? [...parts.slice(0, 3), `${parts.length - 3} more`] : parts;
  return `Changed: ${shown.join(", ")}.`;
}
