// The "cell" explorer: 12 weights of a one-unit LSTM, moved over a whole input sequence.
import { diagram } from "./diagram.mjs";
import { GATES, SERIES, WEIGHTS, lstmTrace } from "./lstm.mjs";
import {
  boxed, button, columnAt, explorer, html, keyStep, live, marks, number, numbersTable, DRAG, onDrag, onPick, onWidth, placesOf, points, put, scale,
  series, slider, spoken, spread, svg, symbol, tenth, track,
} from "./parts.mjs";
import { share } from "./state.mjs";
import LIMITS from "./limits.json" with { type: "json" };
import presets from "./cell_presets.json" with { type: "json" };

const X_LIMIT = LIMITS.cell.x.high;
const PRESETS = Object.fromEntries(Object.entries(presets).map(([name, { weights, x, ...said }]) =>
  [name, { ...said, values: { ...Object.fromEntries(weights.map((value, k) => [WEIGHTS[k], value])), x } }]));
const GATE_NAMES = { f: "Forget gate", i: "Input gate", g: "Candidate", o: "Output gate" };
const FOCUS = { forget: ["f"], input: ["i", "g"], output: ["o"] };
const ROLES = { w: "weight of the input", u: "weight of the last output", b: "bias" };
const SHAPES = { f: "disc", i: "triangle", g: "cross", o: "square", c: "disc", h: "square" };

// Panels of the picture: top edge and height in pixels, and the series drawn there.
const LEFT = 30;
const RIGHT = 26;
const INPUT = { top: 20, height: 64 };
const PANELS = [
  { title: "gates", series: ["f", "i", "o"], top: 112, height: 84 },
  { title: "candidate g, memory c, output h", series: ["g", "c", "h"], top: 226, height: 104 },
];
const HEIGHT = 352;

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, look, showPreset } = share({
    model, kind: "cell", limits: LIMITS.cell, presets: PRESETS, show: () => show(), signal,
  });
  const initial = model.get("initial");

  // ---- controls
  const focused = FOCUS[model.get("focus")] ?? [];
  const sliders = Object.fromEntries(WEIGHTS.map((name) => [name, slider({
    name,
    label: `${name}, ${ROLES[name[0]]}, ${GATE_NAMES[name[2]].toLowerCase()}`,
    min: LIMITS.cell[name].low,
    max: LIMITS.cell[name].high,
    initial: initial[name],
    signal,
    change: (value) => change({ [name]: value, preset: "" }),
  })]));
  const groups = Object.fromEntries(GATES.map((k) => [k, html(
    "fieldset", { class: `lx-gate lx-${k}` },
    html("legend", {}, html("span", { class: "lx-swatch", "aria-hidden": "true" }), `${GATE_NAMES[k]} `, symbol(k)),
    ...["w", "u", "b"].map((letter) => sliders[`${letter}_${k}`].element),
  )]));
  const rest = GATES.filter((k) => !focused.includes(k));
  const grid = (gates) => html("div", { class: "lx-gates" }, ...gates.map((k) => groups[k]));
  const weights = focused.length
    ? [grid(focused), html("details", {}, html("summary", {}, "The other weights"), grid(rest))]
    : [grid(GATES)];

  const time = html("input", { type: "range", name: "step", min: 1, step: 1, "aria-label": "time step t" });
  const timeText = boxed("lx-value lx-fixed lx-short");
  const goTo = (step) => change({ step: Math.min(state.x.length, Math.max(1, step)) });
  time.addEventListener("input", () => goTo(time.valueAsNumber), { signal });
  let playing;
  const halt = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (playing) return halt();
    if (state.step >= state.x.length) goTo(1);
    play.textContent = "Pause";
    playing = setInterval(() => {
      goTo(state.step + 1);
      if (state.step >= state.x.length) halt();
    }, 600);
  }, signal);
  signal.addEventListener("abort", halt);
  const stepper = (label, sign, by) => {
    const element = button(sign, () => goTo(state.step + by), signal);
    put(element, { "aria-label": label, title: label });
    return element;
  };
  const clock = html(
    "div", { class: "lx-time" }, play, stepper("one step back", "◀", -1), stepper("one step on", "▶", 1),
    html("label", {}, html("span", { class: "lx-name" }, "time step ", html("var", {}, "t"), " = ", timeText.element), track(time)),
  );

  // ---- picture
  const picture = svg("svg", { role: "group", "aria-label": "The sequence, the gates and the memory, step by step" });
  const cursor = svg("rect", { class: "lx-cursor", y: INPUT.top - 8, height: HEIGHT - INPUT.top - 10 });
  const frame = svg("path", { class: "lx-frame" });
  const ticks = svg("g", { class: "lx-ticks", "aria-hidden": "true" });
  const bars = svg("g", { class: "lx-bars" });
  const lines = Object.fromEntries(SERIES.map((name) => [name, {
    ...series(name),
    tag: svg("text", { class: `lx-tag lx-${name}` }, name),
  }]));
  for (const name of SERIES) {
    const dim = focused.length && GATES.includes(name) && !focused.includes(name);
    for (const part of Object.values(lines[name])) part.classList.toggle("lx-dim", Boolean(dim));
  }
  picture.append(
    cursor, frame, ticks,
    svg("g", { "aria-hidden": "true" }, ...SERIES.flatMap((name) => Object.values(lines[name]))), bars,
  );

  const inputY = scale(-X_LIMIT, X_LIMIT, INPUT.top, INPUT.height);
  const gateY = scale(0, 1, PANELS[0].top, PANELS[0].height);
  const memoryY = (high) => scale(-high, high, PANELS[1].top, PANELS[1].height);
  const setX = (k, value) => change({ x: state.x.map((old, j) => (j === k ? value : old)), step: k + 1, preset: "" });
  function makeBar(k) {
    const bar = svg("rect", { class: "lx-bar" });
    const hit = svg("rect", {
      class: "lx-hit", y: INPUT.top - 8, height: INPUT.height + 16, role: "slider",
      "aria-label": `input x at step ${k + 1}`, "aria-valuemin": -X_LIMIT, "aria-valuemax": X_LIMIT,
      "aria-orientation": "vertical",
    });
    const drag = (event) => {
      const y = event.clientY - picture.getBoundingClientRect().top;
      const value = X_LIMIT - 2 * X_LIMIT * (y - INPUT.top) / INPUT.height;
      setX(k, Math.round(10 * Math.min(X_LIMIT, Math.max(-X_LIMIT, value))) / 10);
    };
    onDrag(hit, drag, signal);
    hit.addEventListener("keydown", (event) => {
      const neighbour = { ArrowLeft: k - 1, ArrowRight: k + 1 }[event.key];
      const value = keyStep(event, state.x[k], { min: -X_LIMIT, max: X_LIMIT });
      if (neighbour === undefined && value === null) return;
      event.preventDefault();
      if (neighbour === undefined) setX(k, value);
      else bars.querySelectorAll(".lx-hit")[neighbour]?.focus();
    }, { signal });
    hit.addEventListener("focus", () => hit.matches(":focus-visible") && goTo(k + 1), { signal });
    return { bar, hit };
  }
  let barParts = [];

  // ---- the equations at the chosen step, with their numbers
  const shown = focused.length ? [...focused, "c", "h"] : SERIES;
  const equations = Object.fromEntries(shown.map((name) => [name, boxed("ch".includes(name) ? "lx-filled" : "lx-filled lx-long")]));
  const formula = {
    f: "σ(w_f x_t + u_f h_{t−1} + b_f)",
    i: "σ(w_i x_t + u_i h_{t−1} + b_i)",
    g: "tanh(w_g x_t + u_g h_{t−1} + b_g)",
    o: "σ(w_o x_t + u_o h_{t−1} + b_o)",
    c: "f c_{t−1} + i g",
    h: "o tanh(c_t)",
  };
  const board = html("div", { class: "lx-equations" }, ...shown.map((name) => html(
    "p", { class: `lx-${name}` },
    html("span", {}, html("b", {}, symbol("ch".includes(name) ? `${name}_t` : name)), " = ", ...letters(formula[name])),
    equations[name].element,
  )));
  const life = boxed("lx-filled");

  const drawing = diagram();
  const table = numbersTable(["t", "x", ...SERIES]);
  const speech = spoken(signal);

  // ---- drawing
  let width = 0;
  const column = () => (width - LEFT - RIGHT) / state.x.length;
  const middle = (k) => LEFT + (k + 0.5) * column();
  let middles = [];
  let places = [];

  // What depends on the width and the number of steps alone
  function layout() {
    const n = state.x.length;
    put(picture, { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT });
    time.max = n;
    middles = state.x.map((_, k) => tenth(middle(k)));
    places = placesOf(middles);
    if (barParts.length !== n) {
      barParts = state.x.map((_, k) => makeBar(k));
      bars.replaceChildren(...barParts.flatMap(({ bar, hit }) => [bar, hit]));
    }
    barParts.forEach(({ bar, hit }, k) => {
      put(bar, { x: middle(k) - 0.32 * column(), width: 0.64 * column() });
      put(hit, { x: middle(k) - 0.5 * column(), width: column() });
    });
    put(cursor, { width: column() });
    for (const { tag } of Object.values(lines)) put(tag, { x: width - RIGHT + 6 });
    drawTicks();
  }

  let ends; // of the lower panel's axis, which grows with the memory
  function drawTicks() {
    const items = [];
    const text = (x, y, label, anchor = "end") => {
      const item = live(svg("text", { x, y, "text-anchor": anchor }));
      item.write(String(label));
      items.push(item.element);
      return item;
    };
    const labels = (y, values) => values.map((v) => text(LEFT - 5, y(v) + 4, number(v, 0)));
    text(LEFT, INPUT.top - 8, `input x (${DRAG})`, "start");
    labels(inputY, [-X_LIMIT, 0, X_LIMIT]);
    for (const { title, top } of PANELS) text(LEFT, top - 8, title, "start");
    labels(gateY, [0, 1]);
    const [low, , high] = labels(memoryY(1), [-1, 0, 1]);
    ends = [low, high];
    const every = Math.ceil(18 / column());
    state.x.forEach((_, k) => { if (k % every === 0) text(middle(k), HEIGHT - 8, k + 1, "middle"); });
    text(LEFT - 5, HEIGHT - 8, "t");
    ticks.replaceChildren(...items);
    const zeros = [inputY(0), gateY(0), memoryY(1)(0)];
    frame.setAttribute("d", zeros.map((zero) => `M${LEFT} ${zero.toFixed(1)}H${width - RIGHT}`).join(""));
  }

  let drawn = {};
  function show() {
    const rows = lstmTrace(state, state.x);
    const step = Math.min(state.step, rows.length);
    const row = rows[step - 1];
    for (const name of WEIGHTS) sliders[name].set(state[name]);
    const largest = Math.max(...rows.map(({ c }) => Math.abs(c)));
    const high = [1, 2, 3, 5, 10, 20].find((v) => v >= largest) ?? Math.ceil(largest);
    const resized = drawn.width !== width || drawn.n !== rows.length;
    if (resized) layout();
    ends[0].write(number(-high, 0));
    ends[1].write(number(high, 0));
    if (resized || drawn.x !== state.x) {
      barParts.forEach(({ bar, hit }, k) => {
        const x = state.x[k];
        put(bar, { y: Math.min(inputY(x), inputY(0)), height: Math.max(1, Math.abs(inputY(x) - inputY(0))) });
        put(hit, { "aria-valuenow": x });
      });
    }
    drawn = { width, n: rows.length, x: state.x };

    for (const [k, panel] of PANELS.entries()) {
      const y = k ? memoryY(high) : gateY;
      const heights = panel.series.map((name) => {
        const ys = rows.map((r) => y(r[name]));
        put(lines[name].line, { points: points(places, ys) });
        put(lines[name].dots, { points: marks(SHAPES[name], middles, ys) });
        return ys.at(-1);
      });
      const labels = spread(heights, 13, panel.top, panel.top + panel.height);
      panel.series.forEach((name, j) => put(lines[name].tag, { y: tenth(labels[j] + 4) }));
    }
    put(cursor, { x: middle(step - 1) - column() / 2 });
    barParts.forEach(({ hit }, k) => put(hit, { tabindex: k === step - 1 ? 0 : -1 })); // the arrows lead to the others
    if (time.valueAsNumber !== step) time.value = step;
    put(time, { "aria-valuetext": `step ${step} of ${rows.length}` });
    timeText.write(String(step));
    see(table.element, () => table.update(rows.map((r) => [r.t, r.x, r.f, r.i, r.g, r.o, r.c, r.h])));
    see(drawing.element, () => drawing.update(row));
    see(board, () => {
      for (const name of shown) equations[name].write(`= ${filled(name, state, row)}`);
      life.write(`half-life of c at this f: ${halfLifeText(row.f)}`);
    });
    showPreset();
    speech.say(() => summary(row));
  }

  onPick(picture, (x) => goTo(columnAt(x, LEFT, width - RIGHT, state.x.length) + 1), signal);
  const root = explorer(
    "cell", signal,
    toolbar,
    look, html("div", { class: "lx-picture" }, picture), clock, ...weights,
    drawing.element, board, html("p", { class: "lx-f" }, life.element), table.element, speech.element,
  );
  el.append(root);
  placed(root);
  onWidth(picture.parentElement, (now) => {
    width = now;
    show();
  }, signal);
  return () => stop.abort();
}

// "w_f x_t + …" with its names as symbols
function letters(text) {
  return text.split(/(\w_(?:\{[^}]*\}|\w)|\b[fgio]\b)/).map((part, k) => (k % 2 ? symbol(part) : part));
}

function filled(name, p, row) {
  const n = (value) => (value < 0 ? `(${number(value)})` : number(value));
  if (name === "c") return `${n(row.f)} · ${n(row.c_prev)} + ${n(row.i)} · ${n(row.g)} = ${number(row.c)}`;
  if (name === "h") return `${n(row.o)} · ${n(Math.tanh(row.c))} = ${number(row.h)}`;
  const squash = name === "g" ? "tanh" : "σ";
  const sum = `${n(p[`w_${name}`])} · ${n(row.x)} + ${n(p[`u_${name}`])} · ${n(row.h_prev)} + ${n(p[`b_${name}`])}`;
  return `${squash}(${sum}) = ${squash}(${number(row[`a_${name}`])}) = ${number(row[name])}`;
}

// Steps until half of what c holds is gone, were f to stay as it is.
export function halfLife(f) {
  return f === 1 ? Infinity : Math.log(0.5) / Math.log(f);
}

function halfLifeText(f) {
  const life = halfLife(f);
  return life > 999 ? "over 999 steps" : `${number(life, 1)} steps`;
}

function summary({ t, f, i, g, c, h }) {
  return `Step ${t}: f keeps ${number(100 * f, 0)} percent of the memory, half-life ${halfLifeText(f)}; ` +
    `i times g adds ${number(i * g)}; c is ${number(c)}, h is ${number(h)}.`;
}
