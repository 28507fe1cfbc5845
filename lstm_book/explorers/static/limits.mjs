// What an explorer may hold, by limits.json: all that comes from a link, the history or Python passes through `settle`.
// A `look` there only chooses what is looked at: to move it is no move to undo, no other setting, and of no goal.

const own = (object, name) => (Object.hasOwn(Object(object), name) ? object[name] : undefined);
export const partsOf = (value) => (typeof value === "string" ? value.split(" ") : value);
const fits = (parts, { least, most }) => parts.length >= least && parts.length <= most;
const every = (list, holds) => Array.isArray(list) && Array.from(list).every(holds); // a gap is undefined
const isNumber = (value, { low, high }) => typeof value === "number" && value >= low && value <= high;
const isPlace = (value, count) => Number.isInteger(value) && value >= 1 && value <= count;
const unlike = (some) => new Set(some.map(String)).size === some.length;

// `count` is that of the parts among which a place lies.
const VALID = {
  number: isNumber,
  boolean: (value) => typeof value === "boolean",
  choice: (value, { of }) => of.includes(value),
  numbers: (value, limit) => every(value, (one) => isNumber(one, limit)) && fits(value, limit),
  words: (value, limit, _, vocabulary) => typeof value === "string" && fits(partsOf(value), limit) &&
    partsOf(value).every((word) => vocabulary.has(word)),
  place: (value, _, count) => isPlace(value, count),
  places: (value, _, count) => every(value, (one) => isPlace(one, count)) && unlike(value),
  // [gate, cell, step, value] each; cell 0 is all of them
  forced: (value, limit, count) => every(value, (one) => Array.isArray(one) && one.length === 4 && limit.of.includes(one[0]) &&
    (one[1] === 0 || isPlace(one[1], limit.cells)) && isPlace(one[2], count) && isNumber(one[3], limit)) &&
    value.length <= limit.most && unlike(value.map((one) => one.slice(0, 3))),
};

// What is left of a place when its sequence is another one.
const KEPT = {
  place: (value, count) => Math.min(value, count),
  places: (value, count) => value.filter((one) => one <= count),
  forced: (value, count) => value.filter(([, , step]) => step <= count),
};

// Sets are the same in whatever order they came.
const SORTED = {
  places: (some) => [...some].sort((a, b) => a - b),
  forced: (some) => [...some].sort((a, b) => a[0].localeCompare(b[0]) || a[1] - b[1] || a[2] - b[2]),
};
export const sorted = (type, some) => SORTED[type]?.(some) ?? some;

// A whole valid state: of `given`, which nobody has looked at, each value that is valid; for the rest `base`, a state.
// A preset's name stays only with its values; to look elsewhere is no other setting. `took` says whether
// anything of `given` was valid.
export function settle({ limits, presets, vocabulary }, given, base) {
  const state = {};
  let took = false;
  const names = Object.keys(limits).filter((name) => !limits[name].fixed);
  // What lies in a sequence comes after it: it is judged by the one that came with it.
  for (const name of [...names.filter((one) => !limits[one].in), ...names.filter((one) => limits[one].in)]) {
    const { type, in: sequence, high } = limits[name];
    const count = sequence ? partsOf(state[sequence]).length : high;
    const value = own(given, name);
    const valid = VALID[type](value, limits[name], count, vocabulary);
    took ||= valid;
    state[name] = sorted(type, valid ? value : KEPT[type] ? KEPT[type](base[name], count) : base[name]);
  }
  const named = typeof given?.preset === "string" && own(presets, given.preset) ? given.preset : "";
  took ||= named !== "";
  const claimed = named || (own(given, "preset") === "" ? "" : base.preset);
  const { values = {} } = own(presets, claimed) ?? {};
  const holds = Object.keys(values).every((name) => limits[name].look || same(state[name], values[name]));
  state.preset = holds ? claimed : "";
  return { state, took };
}

export const same = (one, other) => String(one) === String(other);

// The text of a link as a value of its type, not yet looked at.
export function parse({ type }, text) {
  const number = (one) => (one.trim() ? Number(one) : NaN);
  if (type === "number" || type === "place") return number(text);
  if (type === "numbers" || type === "places") return text ? text.split(",").map(number) : [];
  if (type === "forced") {
    const parts = text ? text.split(",").map((part, k) => (k % 4 ? number(part) : part)) : [];
    return Array.from({ length: Math.ceil(parts.length / 4) }, (_, k) => parts.slice(4 * k, 4 * k + 4));
  }
  if (type === "boolean") return own({ true: true, false: false }, text);
  return text;
}
