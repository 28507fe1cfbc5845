// The "memory" explorer: a network trained to add the two marked numbers; edit the sequence, put a hand on a gate.
import { goalBar } from "./goals.mjs";
import { GUTTER, gateHands, heatMap, legend, unitColumns } from "./hands.mjs";
import { OPEN_GATES, limitsOf, networkTrace, withHandsOff } from "./network.mjs";
import {
  button, columnAt, DRAG, explorer, html, keyStep, live, number, numbersTable, onDrag, onPick, onWidth, placesOf, points, put, region, scale, spoken,
  svg, tenth,
} from "./parts.mjs";
import { share } from "./state.mjs";
import presets from "./memory_presets.json" with { type: "json" };
import MODEL from "./adding.json" with { type: "json" };

const LIMITS = limitsOf("memory");
const PRESETS = withHandsOff(presets, LIMITS);
const { low: LOW, high: HIGH, least: LEAST_STEPS, most: MOST_STEPS } = LIMITS.values;
const NEAR = 0.04; // an answer this near counts as right (Hochreiter & Schmidhuber 1997, experiment 4)
const [TOP, HEIGHT, LEFT, RIGHT] = [22, 80, GUTTER, 0]; // left and right as the heat maps below
const MARKS_Y = TOP + HEIGHT + 16;
const ADD_Y = MARKS_Y + 26; // the marked numbers, written out

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, tools, look, showPreset, ghost, pinned } = share({
    model, kind: "memory", limits: LIMITS, presets: PRESETS, show: () => show(), signal,
    answer: (name, step) => (name === "y" ? answersNow[step - 1] : NaN),
  });
  let answersNow = [];
  const stepsOf = (there) => networkTrace(MODEL, there.values.map((value, k) => [value, there.marks.includes(k + 1) ? 1 : 0]), there);
  const bar = goalBar({
    kind: "memory", puzzles: model.get("puzzles"), change, signal, run: (there) => ({ y: stepsOf(there).map(({ y }) => y[0]) }) });
  const H = MODEL.b_f.length;

  // ---- controls
  const hands = gateHands(H, (values) => change({ ...values, preset: "" }), signal);
  const longer = button("One step more", () => {
    if (state.values.length < MOST_STEPS) change({ values: [...state.values, 0.5], preset: "" });
  }, signal);
  const shorter = button("One step less", () => {
    const n = state.values.length - 1;
    if (n >= LEAST_STEPS) change({ values: state.values.slice(0, n), marks: state.marks.filter((t) => t <= n), step: Math.min(state.step, n), preset: "" });
  }, signal);
  const shuffle = button("New numbers", () => {
    change({ values: state.values.map(() => Math.round(100 * Math.random()) / 100), preset: "" });
  }, signal);

  // ---- picture
  const picture = svg("svg", { role: "group", "aria-label": "The sequence: numbers, and marks under two of them" });
  const cursor = svg("rect", { class: "lx-cursor", y: TOP - 6, height: HEIGHT + 42 });
  const frame = svg("path", { class: "lx-frame" });
  const title = svg("text", { x: LEFT, y: 12 }, `numbers (${DRAG}), marks (press)`);
  const bars = svg("g", { "data-part": "x" });
  const markings = svg("g", { "data-part": "marks" });
  const sums = svg("g", { class: "lx-addends" });
  const answerLine = svg("polyline", { class: "lx-line lx-h" });
  const wasLine = svg("polyline", { class: "lx-was lx-h" });
  picture.append(title, cursor, frame, bars, markings, sums);
  const answers = svg("svg", { role: "img", "data-part": "answer", "aria-label": "The answer, read out after every step, and the sum of the marked numbers" });
  const truthLine = svg("path", { class: "lx-rule" });
  const answerText = svg("text", { x: LEFT, y: 12 }, "answer so far, and the marked sum (dashed)");
  const truthText = live(svg("text", { class: "lx-value", "text-anchor": "end" }));
  const ticks = [0, 1, 2].map((v) => svg("text", { x: LEFT - 5, "text-anchor": "end" }, v));
  answers.append(answerText, ...ticks, truthLine, wasLine, answerLine, truthText.element);
  const maps = Object.fromEntries(["c", "f", "i", "o"].map((name) =>
    [name, heatMap(name, H, `${name} of all ${H} cells, step by step`, signal, 9)]));
  for (const { canvas, stepAt } of Object.values(maps)) {
    canvas.addEventListener("click", (event) => change({ step: stepAt(event, state.values.length) + 1 }), { signal });
  }
  const verdict = live(html("p", { class: "lx-verdict lx-said" }));
  const { names: columns, row: unitRow } = unitColumns(H);
  const table = numbersTable(["t", "x", "mark", "y", ...columns]);
  const speech = spoken(signal);

  const y = scale(0, 1, TOP, HEIGHT);
  let width = 0;
  const column = () => (width - LEFT - RIGHT) / state.values.length;
  let parts = [];
  let places = [];
  const setValue = (k, value) =>
    change({ values: state.values.map((old, j) => (j === k ? value : old)), step: k + 1, preset: "" });
  const toggle = (t) => change({
    marks: state.marks.includes(t) ? state.marks.filter((one) => one !== t) : [...state.marks, t].sort((a, b) => a - b),
    step: t, preset: "",
  });
  function makeStep(k) {
    const bar = svg("rect", { class: "lx-bar" });
    const hit = svg("rect", {
      class: "lx-hit", y: TOP - 6, height: HEIGHT + 10, role: "slider", "aria-orientation": "vertical",
      "aria-label": `number at step ${k + 1}`, "aria-valuemin": LOW, "aria-valuemax": HIGH,
    });
    const mark = svg("circle", { class: "lx-mark", cy: MARKS_Y });
    const press = svg("rect", {
      class: "lx-press", y: MARKS_Y - 13, height: 26, role: "checkbox", "aria-label": `mark at step ${k + 1}`,
    });
    const drag = (event) => {
      const at = event.clientY - picture.getBoundingClientRect().top;
      setValue(k, Math.round(100 * Math.min(1, Math.max(0, 1 - (at - TOP) / HEIGHT))) / 100);
    };
    onDrag(hit, drag, signal);
    for (const one of [hit, press]) one.addEventListener("focus", () => one.matches(":focus-visible") && change({ step: k + 1 }), { signal });
    hit.addEventListener("keydown", (event) => {
      const neighbour = { ArrowLeft: k - 1, ArrowRight: k + 1 }[event.key];
      const value = keyStep(event, state.values[k], { min: LOW, max: HIGH, big: 0.5 });
      if (neighbour === undefined && value === null) return;
      event.preventDefault();
      if (neighbour === undefined) setValue(k, value);
      else parts[neighbour]?.hit.focus();
    }, { signal });
    press.addEventListener("click", () => toggle(k + 1), { signal });
    press.addEventListener("keydown", (event) => {
      parts[k + { ArrowLeft: -1, ArrowRight: 1 }[event.key]]?.press.focus();
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      toggle(k + 1);
    }, { signal });
    return { bar, hit, mark, press };
  }

  function layout() {
    const n = state.values.length;
    for (const [one, height] of [[picture, ADD_Y + 8], [answers, TOP + HEIGHT + 8]]) {
      put(one, { viewBox: `0 0 ${width} ${height}`, height });
    }
    places = placesOf(state.values.map((_, k) => tenth(LEFT + (k + 0.5) * column())));
    if (parts.length !== n) {
      parts = state.values.map((_, k) => makeStep(k));
      bars.replaceChildren(...parts.flatMap(({ bar, hit }) => [bar, hit]));
      markings.replaceChildren(...parts.flatMap(({ mark, press }) => [mark, press]));
    }
    parts.forEach(({ bar, hit, mark, press }, k) => {
      const left = LEFT + k * column();
      put(bar, { x: left + 0.18 * column(), width: 0.64 * column() });
      put(mark, { cx: left + column() / 2, r: tenth(Math.min(6, 0.42 * column())) });
      for (const one of [hit, press]) put(one, { x: left, width: column() });
    });
    put(cursor, { width: column() });
    put(frame, { d: `M${LEFT} ${y(0)}H${width - RIGHT}` });
  }

  // Under each mark its number, and a plus between them, as far as there is room
  function writeSum(truth) {
    const { values, marks } = state;
    const at = marks.map((t) => LEFT + (t - 0.5) * column());
    const room = at.every((x, k) => !k || x - at[k - 1] >= 46);
    const text = (x, words) => svg("text", { x: tenth(x), y: ADD_Y, "text-anchor": "middle" }, words);
    sums.replaceChildren(...(room ? at.flatMap((x, k) => [
      ...(k ? [text((at[k - 1] + x) / 2, "+")] : []), text(Math.max(LEFT + 14, Math.min(width - 14, x)), number(values[marks[k] - 1])),
    ]) : [text((LEFT + width) / 2, added(values, marks, truth))]));
  }

  // The answers before the last move, or those pinned; on the axis of now, if there are as many
  let shadow = {};
  function drawShadow(found, level) {
    const there = ghost();
    if (shadow.there !== there) shadow = { there, found: there && stepsOf(there).map(({ y: [answer] }) => answer) };
    const moved = shadow.found?.length === found.length && shadow.found.some((value, k) => value !== found[k]);
    const near = (height) => Math.min(TOP + HEIGHT + 6, Math.max(TOP - 6, height));
    put(wasLine, { points: moved ? points(places, shadow.found.map((value) => near(level(value)))) : "" });
    put(answers, { class: pinned() ? "lx-with-a" : "" });
  }

  let drawn = {};
  function show() {
    const { values, marks } = state;
    const step = Math.min(state.step, values.length);
    const resized = drawn.width !== width || drawn.values?.length !== values.length;
    if (resized) layout();
    const steps = stepsOf(state);
    bar.update(state);
    const truth = values.reduce((sum, value, k) => sum + (marks.includes(k + 1) ? value : 0), 0);
    if (resized || drawn.values !== values || drawn.marks !== marks) parts.forEach(({ bar, hit, mark, press }, k) => {
      put(bar, { y: y(values[k]), height: Math.max(1, y(0) - y(values[k])) });
      put(hit, { "aria-valuenow": values[k] });
      const on = marks.includes(k + 1);
      bar.classList.toggle("lx-marked", on);
      mark.classList.toggle("lx-marked", on);
      put(press, { "aria-checked": on });
    });
    if (resized || drawn.values !== values || drawn.marks !== marks) writeSum(truth);
    drawn = { width, values, marks };
    put(cursor, { x: LEFT + (step - 1) * column() });
    for (const [k, { hit, press }] of parts.entries()) { // the arrows lead to the others
      put(hit, { tabindex: k === step - 1 ? 0 : -1 });
      put(press, { tabindex: k === step - 1 ? 0 : -1 });
    }

    const found = steps.map((one) => one.y[0]);
    answersNow = found;
    const [low, high] = [Math.min(-0.1, ...found), Math.max(2, truth, ...found)];
    const level = scale(low, high, TOP, HEIGHT);
    put(answerLine, { points: points(places, found.map(level)) });
    drawShadow(found, level);
    put(truthLine, { d: `M${LEFT} ${tenth(level(truth))}H${width - RIGHT}` });
    truthText.write(added(values, marks, truth));
    put(truthText.element, { x: width - RIGHT - 4, y: tenth(level(truth) + (level(truth) < TOP + 14 ? 16 : -6)) });
    ticks.forEach((tick, v) => put(tick, { y: tenth(level(v) + 4) }));
    for (const [name, map] of Object.entries(maps)) map.draw(steps.map((one) => one[name]), step - 1);
    hands.show(state);

    const answer = found.at(-1);
    const right = Math.abs(answer - truth) < NEAR;
    const rule = marks.length === 2 ? "" : ` It was trained with two marks; here ${marks.length === 1 ? "is" : "are"} ${marks.length}.`;
    const sentence = `The network answers ${number(answer, 3)}; the marked numbers add to ${number(truth, 3)}. ` +
      `${right ? "✓ Right" : "✗ Wrong"}: off by ${number(Math.abs(answer - truth), 3)}.${rule}`;
    verdict.write(sentence);
    verdict.element.classList.toggle("lx-wrong", !right);
    see(table.element, () => table.update(
      steps.map((one, k) => [k + 1, values[k], marks.includes(k + 1) ? 1 : 0, one.y[0], ...unitRow(one)])));
    showPreset();
    speech.say(() => sentence);
  }

  for (const one of [picture, answers]) onPick(one, (x, target) => {
    const step = columnAt(x, LEFT, width - RIGHT, state.values.length) + 1;
    if (!target.matches(".lx-press")) change({ step }); // that sets a mark, and looks there
  }, signal);
  const root = explorer(
    "memory", signal,
    region("head", look),
    region(
      "view",
      html("div", { class: "lx-picture" }, picture), answers, verdict.element,
      legend(`memory of the ${H} cells`, ["c"], -1, 1), maps.c.element,
      legend("their gates", OPEN_GATES, 0, 1), ...OPEN_GATES.map((name) => maps[name].element),
    ),
    region("hand", bar.element, tools, hands.holds),
    region("rest", toolbar, html("div", { class: "lx-row-of" }, shorter, longer, shuffle), hands.element, table.element),
    speech.element,
  );
  el.append(root);
  placed(root, el);
  onWidth(picture.parentElement, (now) => {
    width = now;
    show();
  }, signal);
  return () => stop.abort();
}

// "0.47 + 0.31 = 0.78"; of many, how many there are
function added(values, marks, truth) {
  if (marks.length > 4) return `sum of ${marks.length} = ${number(truth)}`;
  return `${marks.map((t) => number(values[t - 1])).join(" + ") || "nothing marked"} = ${number(truth)}`;
}
