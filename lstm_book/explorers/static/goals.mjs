// Goals: puzzles that check themselves. goals.json says each once; lstm_book/explorers/goals.py, which gives a page those it
// names, is its other reader.
import { boxed, button, html, live, oneOf, put, rich, spoken, symbol } from "./parts.mjs";
import { partsOf, same } from "./limits.mjs";
import { SERIES, lstmTrace } from "./lstm.mjs";
import LIMITS from "./limits.json" with { type: "json" };

// What the hands on a gate are called where they stand (hands.mjs)
export const GATE_NAMES = { f: "forget gate", i: "input gate", o: "output gate" };
export const KNOBS = { scale: "times", shift: "plus, before the sigmoid", hold: "held at" };

// A value as the page names it
function called(name) {
  const [knob, gate] = name.split("_");
  if (Object.hasOwn(KNOBS, knob)) return `“${KNOBS[knob]}” of the ${GATE_NAMES[gate]}`;
  return name === "x" ? "the bars of the input" : symbol(name);
}

const limitsOf = (kind) => ({ ...(["memory", "sentence"].includes(kind) ? LIMITS.network : {}), ...LIMITS[kind] });
const namesOf = (kind) => Object.keys(limitsOf(kind)).filter((name) => !limitsOf(kind)[name].fixed);
const inputsOf = ({ hold, ...inputs }) => inputs;

// Every value where a goal starts, and where its solution lies
export function startOf({ kind, trials, start }) {
  const limits = limitsOf(kind);
  const usual = Object.fromEntries(namesOf(kind).map((name) => [name, limits[name].default]));
  return { ...usual, ...inputsOf(trials[0]), ...start };
}
export const solutionOf = (goal) => ({ ...startOf(goal), ...goal.solution });

// What a goal of the cell may speak of, by name
export function ofCell(state, trace = lstmTrace) {
  const rows = trace(state, state.x);
  return Object.fromEntries(SERIES.map((name) => [name, rows.map((row) => row[name])]));
}

// Which trials hold, and which values have moved that are to stay: then none is run. `run` gives the series of a state, by name. A
// condition is a series, a step from 1, [first, last] or "last", and the limits of its values there.
export function judge(goal, state, run = ofCell) {
  const start = startOf(goal);
  const stays = (name) => !limitsOf(goal.kind)[name].look && !goal.free.includes(name) && !Object.hasOwn(goal.trials[0], name);
  const moved = namesOf(goal.kind).filter((name) => stays(name) && !same(state[name], start[name]));
  const holds = goal.trials.map((trial) => {
    if (moved.length) return false;
    const series = run({ ...state, ...inputsOf(trial) });
    return trial.hold.every(([name, at, low, high]) => {
      const values = series[name];
      const [first, last] = at === "last" ? [values.length, values.length] : Array.isArray(at) ? at : [at, at];
      return last <= values.length && values.slice(first - 1, last).every((value) => value >= low && value <= high);
    });
  });
  return { met: moved.length === 0 && holds.every(Boolean), holds, moved };
}
export const met = (goal, state, run) => judge(goal, state, run).met;

// Which goals the reader has met, on whatever page; where the browser keeps nothing, for as long as the page is open.
const KEY = "goals";
function attempt(act) {
  try { return act(localStorage); } catch { return undefined; }
}
const done = new Set([attempt((kept) => JSON.parse(kept.getItem(KEY)))].flat().filter((id) => typeof id === "string"));
function remember(id) {
  if (done.has(id)) return;
  done.add(id);
  attempt((kept) => kept.setItem(KEY, JSON.stringify([...done])));
}

// One goal at a time, of `puzzles`, by id; without any there is no element. `change(values, true)` sets a whole state.
export function goalBar({ kind, puzzles, change, signal, run }) {
  const goals = Object.entries(puzzles ?? {}).map(([id, goal]) => ({ id, ...goal }));
  if (!goals.length) return { element: undefined, update() {} };

  let place = Math.max(0, goals.findIndex(({ id }) => !done.has(id)));
  let last; // what was found of this goal at the last move
  let state;
  let solved = false; // by the button, which is no merit
  const goal = () => goals[place];
  const turn = (by) => {
    place = (place + by + goals.length) % goals.length;
    last = undefined;
    solved = false;
    hinted(0);
    update(state);
  };
  const arrow = (label, sign, by) => {
    const element = button(sign, () => turn(by), signal);
    put(element, { "aria-label": label, title: label });
    element.hidden = goals.length === 1;
    return element;
  };
  const go = (values) => change({ ...values, preset: "" }, true);
  const start = button("Start", () => {
    solved = false;
    go(startOf(goal()));
  }, signal);
  const hint = html("p", { class: "lx-hint" });
  const solution = button("Solution", () => {
    solved = true;
    go(solutionOf(goal()));
  }, signal);
  const hintButton = button("Hint", () => hinted(hint.hidden), signal);
  function hinted(shown) {
    hint.hidden = solution.hidden = !shown;
    hint.replaceChildren(...(shown ? rich(goal().hint) : []));
    put(hintButton, { "aria-expanded": Boolean(shown) });
  }
  const count = boxed("lx-goal-holds");
  const failing = button("", () => {
    const { holds } = judge(goal(), state, run);
    const inputs = inputsOf(goal().trials[Math.max(0, holds.indexOf(false))]);
    const lies = Object.entries(limitsOf(kind)).filter(([, limit]) => limit.type === "place" && Object.hasOwn(inputs, limit.in));
    const places = lies.map(([name, limit]) => [name, Math.min(state[name], partsOf(inputs[limit.in]).length)]);
    go({ ...inputs, ...Object.fromEntries(places) });
  }, signal);
  put(failing, { title: "show an input for which it does not hold" });
  failing.append(count.element);

  const title = live(html("b"));
  const asks = html("p", { class: "lx-ask" });
  const ask = ({ ask: sentence, free }) => asks.replaceChildren(
    html("b", {}, sentence), " Move ", ...free.flatMap((name, k) => [k ? ", " : "", called(name)]), ".");
  const slip = html("p", { class: "lx-slip" });
  const verdict = html("span", { class: "lx-goal-verdict" });
  const say = oneOf(verdict, ["✓ met", "not yet", "press Start"]);
  verdict.append(failing); // in the same place, so that nothing moves
  const speech = spoken(signal);
  const element = html(
    "div", { class: "lx-goal", role: "group", "aria-label": "A goal" },
    html("div", { class: "lx-goal-head" }, "Goal ", arrow("goal before", "‹", -1), title.element, arrow("next goal", "›", 1)),
    verdict, asks, html("div", { class: "lx-goal-buttons" }, start, hintButton, solution), slip, hint, speech.element);
  hinted(false);

  function update(now) {
    state = now;
    const found = judge(goal(), now, run);
    if (found.met && !solved) remember(goal().id);
    // A usual mistake, and why it does not do
    const { of, beyond, say: why } = goal().slip ?? {};
    const slipped = of && !found.met && !found.moved.length && now[of].some((value) => Math.abs(value) > beyond);
    if (slip.textContent !== (slipped ? why : "")) {
      slip.textContent = slipped ? why : "";
      if (slipped) speech.say(() => why);
    }
    const [held, all] = [found.holds.filter(Boolean).length, found.holds.length];
    const key = [goal().id, found.met, held, found.moved.length > 0].join();
    if (key === last?.key) return;
    if (last && found.met && !last.met) speech.say(() => `Goal met: ${goal().ask}`);
    last = { key, met: found.met };
    put(element, { "data-goal": goal().id, "data-state": found.met ? "met" : "open" });
    title.write(`${place + 1} of ${goals.length}${done.has(goal().id) ? " ✓" : ""}`);
    if (asks.of !== place) ask(goals[(asks.of = place)]);
    const some = all > 1 && !found.met && !found.moved.length;
    say(found.met ? 0 : found.moved.length ? 2 : some ? undefined : 1);
    put(failing, { class: some ? "" : "lx-hidden" });
    count.write(`${held} of ${all} hold`);
  }
  return { element, update, goal };
}
