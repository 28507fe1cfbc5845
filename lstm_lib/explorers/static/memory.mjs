// The "memory" explorer: a network trained to add the two marked numbers; edit the sequence, put a hand on a gate.
import { gateHands, heatMap, unitColumns } from "./hands.mjs";
import { limitsOf, networkTrace, withHandsOff } from "./network.mjs";
import {
  button, columnAt, DRAG, explorer, html, keyStep, live, number, numbersTable, onDrag, onPick, onWidth, placesOf, points, put, region, scale, spoken,
  svg, tenth,
} from "./parts.mjs";
import { share } from "./state.mjs";
import presets from "./memory_presets.json" with { type: "json" };
import MODEL from "./adding.json" with { type: "json" };

const PRESETS = withHandsOff(presets);
const LIMITS = limitsOf("memory");
const { low: LOW, high: HIGH, least: LEAST_STEPS, most: MOST_STEPS } = LIMITS.values;
const NEAR = 0.04; // an answer this near counts as right (Hochreiter & Schmidhuber 1997, experiment 4)
const [TOP, HEIGHT, LEFT, RIGHT] = [22, 80, 24, 0]; // left and right as the heat maps below
const MARKS_Y = TOP + HEIGHT + 18;

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, tools, look, news, showPreset } = share({
    model, kind: "memory", limits: LIMITS, presets: PRESETS, show: () => show(), signal,
  });
  const H = MODEL.b_f.length;

  // ---- controls
  const hands = gateHands((values) => change({ ...values, preset: "" }), signal);
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
  const bars = svg("g");
  const answerLine = svg("polyline", { class: "lx-line lx-h" });
  picture.append(title, cursor, frame, bars);
  const answers = svg("svg", { role: "img", "aria-label": "The answer, read out after every step, and the sum of the marked numbers" });
  const truthLine = svg("path", { class: "lx-rule" });
  const answerText = svg("text", { x: LEFT, y: 12 }, "answer so far, and the marked sum (dashed)");
  const ticks = [0, 1, 2].map((v) => svg("text", { x: LEFT - 5, "text-anchor": "end" }, v));
  answers.append(answerText, ...ticks, truthLine, answerLine);
  const maps = Object.fromEntries(["f", "i", "o", "c"].map((name) =>
    [name, heatMap(name, `${name} of all ${H} units, step by step`, signal, 9)]));
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
      class: "lx-hit", y: TOP - 6, height: HEIGHT + 10, tabindex: 0, role: "slider", "aria-orientation": "vertical",
      "aria-label": `number at step ${k + 1}`, "aria-valuemin": LOW, "aria-valuemax": HIGH,
    });
    const mark = svg("circle", { class: "lx-mark", cy: MARKS_Y, r: 6 });
    const press = svg("rect", {
      class: "lx-press", y: MARKS_Y - 13, height: 26, tabindex: 0, role: "checkbox", "aria-label": `mark at step ${k + 1}`,
    });
    const drag = (event) => {
      const at = event.clientY - picture.getBoundingClientRect().top;
      setValue(k, Math.round(100 * Math.min(1, Math.max(0, 1 - (at - TOP) / HEIGHT))) / 100);
    };
    onDrag(hit, drag, signal);
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
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      toggle(k + 1);
    }, { signal });
    return { bar, hit, mark, press };
  }

  function layout() {
    const n = state.values.length;
    for (const [one, height] of [[picture, MARKS_Y + 16], [answers, TOP + HEIGHT + 8]]) {
      put(one, { viewBox: `0 0 ${width} ${height}`, height });
    }
    places = placesOf(state.values.map((_, k) => tenth(LEFT + (k + 0.5) * column())));
    if (parts.length !== n) {
      parts = state.values.map((_, k) => makeStep(k));
      bars.replaceChildren(...parts.flatMap(({ bar, hit, mark, press }) => [bar, hit, mark, press]));
    }
    parts.forEach(({ bar, hit, mark, press }, k) => {
      const left = LEFT + k * column();
      put(bar, { x: left + 0.18 * column(), width: 0.64 * column() });
      put(mark, { cx: left + column() / 2 });
      for (const one of [hit, press]) put(one, { x: left, width: column() });
    });
    put(cursor, { width: column() });
    put(frame, { d: `M${LEFT} ${y(0)}H${width - RIGHT}` });
  }

  let drawn = {};
  function show() {
    const { values, marks } = state;
    const step = Math.min(state.step, values.length);
    const resized = drawn.width !== width || drawn.values?.length !== values.length;
    if (resized) layout();
    const steps = networkTrace(MODEL, values.map((value, k) => [value, marks.includes(k + 1) ? 1 : 0]), state);
    const truth = values.reduce((sum, value, k) => sum + (marks.includes(k + 1) ? value : 0), 0);
    if (resized || drawn.values !== values || drawn.marks !== marks) parts.forEach(({ bar, hit, mark, press }, k) => {
      put(bar, { y: y(values[k]), height: Math.max(1, y(0) - y(values[k])) });
      put(hit, { "aria-valuenow": values[k] });
      const on = marks.includes(k + 1);
      bar.classList.toggle("lx-marked", on);
      mark.classList.toggle("lx-marked", on);
      put(press, { "aria-checked": on });
    });
    drawn = { width, values, marks };
    put(cursor, { x: LEFT + (step - 1) * column() });

    const found = steps.map((one) => one.y[0]);
    const [low, high] = [Math.min(-0.1, ...found), Math.max(2, truth, ...found)];
    const level = scale(low, high, TOP, HEIGHT);
    put(answerLine, { points: points(places, found.map(level)) });
    put(truthLine, { d: `M${LEFT} ${tenth(level(truth))}H${width - RIGHT}` });
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
    region("head", look, news), tools, toolbar,
    html("div", { class: "lx-picture" }, picture), html("div", { class: "lx-presets" }, shorter, longer, shuffle),
    verdict.element, answers, ...Object.values(maps).map(({ element }) => element), hands.element, table.element, speech.element,
  );
  el.append(root);
  placed(root, el);
  onWidth(picture.parentElement, (now) => {
    width = now;
    show();
  }, signal);
  return () => stop.abort();
}
