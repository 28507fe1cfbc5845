// The "cell" explorer: 12 weights of a one-unit LSTM, or 3 of an RNN, moved over a whole input sequence.
import { diagram, loop } from "./diagram.mjs";
import { goalBar, ofCell } from "./goals.mjs";
import { explain, explainTurned, layerStack, layersOf, reachOf } from "./layers.mjs";
import { GATES, SERIES, WEIGHTS, lstmTrace, rnnTrace } from "./lstm.mjs";
import {
  boxed, button, columnAt, explorer, glide, html, keyStep, live, marks, number, numbersTable, DRAG, onDrag, onPick, onWidth, placesOf, points, put,
  region, scale, series, slider, spoken, spread, svg, symbol, tenth, track,
} from "./parts.mjs";
import { same } from "./limits.mjs";
import { share } from "./state.mjs";
import LIMITS from "./limits.json" with { type: "json" };
import presets from "./cell_presets.json" with { type: "json" };

const X_LIMIT = LIMITS.cell.x.high;
const PRESETS = Object.fromEntries(Object.entries(presets).map(([name, { weights, x, ...said }]) =>
  [name, { ...said, values: { ...Object.fromEntries(weights.map((value, k) => [WEIGHTS[k], value])), x } }]));
const ROLES = { w: "weight of the input", u: "weight of the last output", b: "bias" };
const SHAPES = { f: "disc", i: "triangle", g: "cross", o: "square", c: "disc", h: "square" };

const LEFT = 30;
const RIGHT = 26;
// What there is of each network: `layers` by the name of their weights, with a legend, a colour and perhaps a symbol;
// `formula` of each series, and `filled`, the same with its numbers; the panels of the picture, of which the last grows
// with what it shows; their top edges and heights in pixels, in the page and at the foot of a phone.
const LSTM = {
  trace: lstmTrace,
  presets: PRESETS,
  layers: { f: ["Forget gate", "f", "f"], i: ["Input gate", "i", "i"], g: ["Candidate", "g", "g"], o: ["Output gate", "o", "o"] },
  focus: { forget: ["f"], input: ["i", "g"], output: ["o"] },
  chosen: "c",
  draw: diagram,
  seen: "The sequence, the gates and the memory",
  formula: {
    f: "σ(w_f x_t + u_f h_{t−1} + b_f)",
    i: "σ(w_i x_t + u_i h_{t−1} + b_i)",
    g: "tanh(w_g x_t + u_g h_{t−1} + b_g)",
    o: "σ(w_o x_t + u_o h_{t−1} + b_o)",
    c: "f c_{t−1} + i g",
    h: "o tanh(c_t)",
  },
  filled(name, p, row) {
    if (name === "c") return `${n(row.f)} · ${n(row.c_prev)} + ${n(row.i)} · ${n(row.g)} = ${number(row.c)}`;
    if (name === "h") return `${n(row.o)} · ${n(Math.tanh(row.c))} = ${number(row.h)}`;
    return layer(name, p, row, row[name]);
  },
  summary: ({ t, f, i, g, c, h }) => `Step ${t}: f keeps ${number(100 * f, 0)} percent of the memory, ` +
    `half-life ${halfLifeText(f)}; i times g adds ${number(i * g)}; c is ${number(c)}, h is ${number(h)}.`,
  panels: [
    { title: "gates", series: ["f", "i", "o"], fixed: [0, 1] },
    { title: "candidate g, memory c, output h", series: ["g", "c", "h"] },
  ],
  page: { input: [18, 44], panels: [[86, 64], [174, 96]], height: 298 },
  foot: { input: [18, 36], panels: [[74, 46], [140, 74]], height: 238 },
};
const RNN = {
  trace: rnnTrace,
  presets: {},
  layers: { g: ["The unit", "h"] },
  focus: {},
  chosen: "h",
  draw: loop,
  seen: "The sequence and the output",
  formula: { h: "tanh(w_g x_t + u_g h_{t−1} + b_g)" },
  filled: (_, p, row) => layer("g", p, row, row.h),
  summary: ({ t, h }) => `Step ${t}: h is ${number(h)}.`,
  panels: [{ title: "output h", series: ["h"] }],
  page: { input: [18, 44], panels: [[90, 120]], height: 238 },
  foot: { input: [18, 36], panels: [[78, 100]], height: 206 },
};

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const net = model.get("parts") === "rnn" ? RNN : LSTM;
  const layers = Object.keys(net.layers);
  const names = Object.keys(net.formula); // of the series
  const remembers = names.includes("c");
  const { state, change, placed, see, toolbar, tools, look, showPreset, ghost, pinned } = share({
    model, kind: "cell", limits: LIMITS.cell, presets: net.presets, signal,
    show: (whole) => show(whole),
    answer: (name, step) => rowsNow[step - 1]?.[name], guess: (...asked) => guess(...asked), again: () => again(),
  });
  const initial = model.get("initial");

  // ---- controls
  const focused = net.focus[model.get("focus")] ?? [];
  const sliders = Object.fromEntries(WEIGHTS.filter((name) => layers.includes(name[2])).map((name) => [name, slider({
    name,
    label: `${name}, ${ROLES[name[0]]}, ${net.layers[name[2]][0].toLowerCase()}`,
    min: LIMITS.cell[name].low,
    max: LIMITS.cell[name].high,
    initial: initial[name],
    signal,
    change: (value) => change({ [name]: value, preset: "" }),
  })]));
  const groups = Object.fromEntries(Object.entries(net.layers).map(([k, [called, colour, ...sign]]) => [k, html(
    "fieldset", { class: `lx-gate lx-${colour}` },
    html("legend", {}, html("span", { class: "lx-swatch", "aria-hidden": "true" }), `${called} `, ...sign.map(symbol)),
    ...["b", "w", "u"].map((letter) => sliders[`${letter}_${k}`].element), // the habit first, then what it listens to
  )]));
  const rest = layers.filter((k) => !focused.includes(k));
  const grid = (some) => html("div", { class: "lx-gates" }, ...some.map((k) => groups[k]));
  const [hands, others] = focused.length
    ? [grid(focused), html("details", { class: "lx-others" }, html("summary", {}, "The other weights"), grid(rest))]
    : [grid(layers)];

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
    html("label", {}, html("span", { class: "lx-name" }, "step ", html("var", {}, "t"), " = ", timeText.element), track(time)),
  );

  // ---- picture
  const picture = svg("svg", { role: "group", "aria-label": `${net.seen}, step by step` });
  const cursor = svg("rect", { class: "lx-cursor" });
  const frame = svg("path", { class: "lx-frame" });
  const ticks = svg("g", { class: "lx-ticks", "aria-hidden": "true" });
  const bars = svg("g", { class: "lx-bars", "data-part": "x" });
  const lines = Object.fromEntries(names.map((name) => [name, {
    field: svg("rect", { class: "lx-field" }),
    was: svg("polyline", { class: "lx-was" }),
    ...series(name),
    tag: live(svg("text", { class: `lx-tag lx-${name}` })),
  }]));
  const groupOf = Object.fromEntries(names.map((name) => {
    const { field: box, was, line, dots, tag } = lines[name];
    tag.write(name);
    return [name, svg("g", { "data-part": name, class: `lx-${name}`, "aria-hidden": "true" }, box, was, line, dots, tag.element)];
  }));
  for (const name of names) {
    const dim = focused.length && GATES.includes(name) && !focused.includes(name);
    const { line, dots, tag } = lines[name];
    for (const part of [line, dots, tag.element]) part.classList.toggle("lx-dim", Boolean(dim));
  }
  const half = svg("g", { class: "lx-half", "aria-hidden": "true" });
  const halfLine = svg("polyline", { class: "lx-half-line" });
  const halfText = live(svg("text", {}));
  half.append(halfLine, halfText.element);
  const stack = layerStack();
  if (remembers) put(stack.element, { "data-part": "layers" });
  picture.append(cursor, frame, ticks, stack.element, ...Object.values(groupOf), half, bars);

  let size = net.page;
  const inputY = (value) => scale(-X_LIMIT, X_LIMIT, ...size.input)(value);
  const memoryY = (high) => scale(-high, high, ...size.panels.at(-1));
  const scaleOf = ({ fixed }, k, growing) => (fixed ? scale(...fixed, ...size.panels[k]) : growing);
  const setX = (k, value) => change({ x: state.x.map((old, j) => (j === k ? value : old)), step: k + 1, preset: "" });
  function makeBar(k) {
    const bar = svg("rect", { class: "lx-bar" });
    const hit = svg("rect", {
      class: "lx-hit", role: "slider",
      "aria-label": `input x at step ${k + 1}`, "aria-valuemin": -X_LIMIT, "aria-valuemax": X_LIMIT,
      "aria-orientation": "vertical",
    });
    const drag = (event) => {
      const y = event.clientY - picture.getBoundingClientRect().top;
      const value = X_LIMIT - 2 * X_LIMIT * (y - size.input[0]) / size.input[1];
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
  const shown = focused.length ? [...focused, "c", "h"] : names;
  const long = (name) => net.formula[name].includes("x_t");
  const equations = Object.fromEntries(
    shown.map((name) => [name, boxed(long(name) ? "lx-filled lx-long" : "lx-filled")]));
  const board = html("div", { class: "lx-equations" }, ...shown.map((name) => html(
    "p", { class: `lx-${name}` },
    html("span", {}, html("b", {}, symbol("ch".includes(name) ? `${name}_t` : name)), " = ", ...letters(net.formula[name])),
    equations[name].element,
  )));
  const life = boxed("lx-filled");
  const run = (there) => ofCell(there, net.trace);
  const bar = goalBar({ kind: "cell", puzzles: model.get("puzzles"), change, signal, run });

  // Where the memory comes from: what each step wrote, as layers; or turned round, where a write goes.
  let layered = false;
  let turned = false;
  const made = boxed("lx-filled");
  const madeBox = html("p", { class: "lx-made" }, made.element);
  const layersButton = button("Where c comes from", () => {
    layered = !layered;
    showLayered();
    show();
  }, signal);
  const turnButton = button("Turn round", () => {
    turned = !turned;
    showLayered();
    show();
  }, signal);
  function showLayered() {
    put(layersButton, { "aria-pressed": layered });
    put(turnButton, { "aria-pressed": turned });
    turnButton.hidden = madeBox.hidden = !layered;
    if (!layered) stack.element.replaceChildren();
  }
  // What Reset brings back beside the values
  function again() {
    [layered, turned, guessed] = [false, false, undefined];
    showLayered();
  }
  if (remembers) tools.lastChild.before(layersButton, turnButton);
  showLayered();

  // Pressing a part of the diagram chooses its sliders, its line and its equation.
  function choose(name) {
    for (const one of SERIES) {
      const is = one === name;
      groupOf[one]?.classList.toggle("lx-chosen", is);
      groups[one]?.classList.toggle("lx-chosen", is);
      board.querySelector(`.lx-${one}`)?.classList.toggle("lx-chosen", is);
    }
    drawing.choose(name);
  }
  const drawing = net.draw((name) => {
    choose(name);
    const fold = groups[name]?.closest("details");
    if (fold) fold.open = true;
  }, signal);
  const table = numbersTable(["t", "x", ...names]);
  const speech = spoken(signal);
  choose(focused[0] ?? net.chosen);

  // ---- drawing
  let width = 0;
  const column = () => (width - LEFT - RIGHT) / state.x.length;
  const middle = (k) => LEFT + (k + 0.5) * column();
  let middles = [];
  let places = [];

  // What depends on the size of the picture and the number of steps alone
  function layout() {
    const n = state.x.length;
    const { input, panels, height } = size;
    put(picture, { viewBox: `0 0 ${width} ${height}`, height });
    time.max = n;
    middles = state.x.map((_, k) => tenth(middle(k)));
    places = placesOf(middles);
    if (barParts.length !== n) {
      barParts = state.x.map((_, k) => makeBar(k));
      bars.replaceChildren(...barParts.flatMap(({ bar, hit }) => [bar, hit]));
    }
    barParts.forEach(({ bar, hit }, k) => {
      put(bar, { x: middle(k) - 0.32 * column(), width: 0.64 * column() });
      put(hit, { x: middle(k) - 0.5 * column(), width: column(), y: input[0] - 8, height: input[1] + 16 });
    });
    put(cursor, { width: column(), y: input[0] - 8, height: height - input[0] - 10 });
    net.panels.forEach((panel, k) => {
      for (const name of panel.series) {
        put(lines[name].tag.element, { x: width - RIGHT + 6 });
        put(lines[name].field, { x: LEFT, y: panels[k][0], width: width - LEFT - RIGHT, height: panels[k][1] });
      }
    });
    drawTicks();
  }

  let ends; // of the lower panel's axis, which grows with the memory
  function drawTicks() {
    const items = [];
    const { input, panels, height } = size;
    const ys = net.panels.map((panel, k) => [scaleOf(panel, k, memoryY(1)), panel]);
    const text = (x, y, label, anchor = "end") => {
      const item = live(svg("text", { x, y, "text-anchor": anchor }));
      item.write(String(label));
      items.push(item.element);
      return item;
    };
    const labels = (y, values) => values.map((v) => text(LEFT - 5, y(v) + 4, number(v, 0)));
    text(LEFT, input[0] - 8, `input x (${DRAG})`, "start");
    labels(inputY, [-X_LIMIT, 0, X_LIMIT]);
    net.panels.forEach(({ title }, k) => text(LEFT, panels[k][0] - 8, title, "start"));
    [ends] = ys.map(([y, { fixed = [-1, 0, 1] }]) => labels(y, fixed)).slice(-1);
    const every = Math.ceil(18 / column());
    state.x.forEach((_, k) => { if (k % every === 0) text(middle(k), height - 8, k + 1, "middle"); });
    text(12, height - 8, "t");
    ticks.replaceChildren(...items);
    const zeros = [inputY(0), ...ys.map(([y]) => y(0))];
    frame.setAttribute("d", zeros.map((zero) => `M${LEFT} ${zero.toFixed(1)}H${width - RIGHT}`).join(""));
  }

  // The lines of the state before the last move, or of the one pinned, behind those of now
  let shadow = {};
  function drawShadow(high) {
    const there = ghost();
    const seen = there && WEIGHTS.concat("x").some((name) => !same(there[name], state[name])) && there.x.length === state.x.length;
    const now = seen ? there : undefined;
    if (shadow.there === now && shadow.high === high && shadow.width === width && shadow.size === size) return;
    shadow = { there: now, high, width, size };
    const rows = now && net.trace(now, now.x);
    net.panels.forEach((panel, k) => panel.series.forEach((name) => {
      const y = scaleOf(panel, k, inPanel(memoryY(high)));
      put(lines[name].was, { points: rows ? points(places, rows.map((row) => y(row[name]))) : "" });
    }));
    put(picture, { class: pinned() ? "lx-with-a" : "" });
  }
  const inPanel = (y) => (value) => {
    const [top, tall] = size.panels.at(-1);
    return Math.min(top + tall + 6, Math.max(top - 6, y(value)));
  };

  function drawLines(heights) {
    for (const name of names) {
      put(lines[name].line, { points: points(places, heights[name]) });
      put(lines[name].dots, { points: marks(SHAPES[name], middles, heights[name]) });
    }
  }
  const glides = glide(signal);

  // While a thumb or a bar is held, the axis stays as it is.
  let held = false;
  let high = 1;
  const axis = (rows, writes) => {
    const largest = writes ? reachOf(writes) : Math.max(...rows.map(({ c = 0 }) => Math.abs(c)));
    return [1, 2, 3, 5, 10, 20].find((v) => v >= largest) ?? Math.ceil(largest);
  };

  let root;
  let drawn = {};
  let rowsNow = [];
  function show(whole) {
    const rows = net.trace(state, state.x);
    rowsNow = rows;
    const step = Math.min(state.step, rows.length);
    const row = rows[step - 1];
    for (const name in sliders) sliders[name].set(state[name]);
    const writes = layered && layersOf(rows);
    const wanted = axis(rows, writes);
    if (!held || whole) high = wanted;
    const resized = drawn.width !== width || drawn.n !== rows.length || drawn.size !== size;
    if (resized) layout();
    ends[0].write(number(-high, 0));
    ends[2].write(number(high, 0));
    if (resized || drawn.x !== state.x) {
      barParts.forEach(({ bar, hit }, k) => {
        const x = state.x[k];
        put(bar, { y: Math.min(inputY(x), inputY(0)), height: Math.max(1, Math.abs(inputY(x) - inputY(0))) });
        put(hit, { "aria-valuenow": x });
      });
    }

    const heights = {};
    const growing = wanted > high ? inPanel(memoryY(high)) : memoryY(high);
    net.panels.forEach((panel, k) => {
      const y = scaleOf(panel, k, growing);
      for (const name of panel.series) heights[name] = rows.map((r) => y(r[name]));
      const [top, tall] = size.panels[k];
      const labels = spread(panel.series.map((name) => heights[name].at(-1)), 13, top, top + tall);
      panel.series.forEach((name, j) => put(lines[name].tag.element, { y: tenth(labels[j] + 4) }));
    });
    lines.c?.tag.write(wanted > high ? (row.c > 0 ? "c ↑" : "c ↓") : "c");
    if (whole && !resized) glides(drawn.heights, heights, drawLines);
    else glides(undefined, heights, drawLines);
    drawn = { width, n: rows.length, x: state.x, size, heights };
    if (layered) stack.update({ rows, middles, y: growing, at: step, turned, layers: writes });
    bar.update(state);
    drawShadow(high);
    drawHalf(row, step, memoryY(high));
    drawGuess(whole);
    put(cursor, { x: middle(step - 1) - column() / 2 });
    barParts.forEach(({ hit }, k) => put(hit, { tabindex: k === step - 1 ? 0 : -1 })); // the arrows lead to the others
    if (time.valueAsNumber !== step) time.value = step;
    put(time, { "aria-valuetext": `step ${step} of ${rows.length}` });
    timeText.write(String(step));
    see(table.element, () => table.update(rows.map((r) => [r.t, r.x, ...names.map((name) => r[name])])));
    see(drawing.element, () => drawing.drawFlows(row));
    see(drawing.element.parentElement, () => drawing.drawBoxes(row));
    const middleOf = shown.length >> 1;
    const writeEquations = (some) => some.forEach((name) => equations[name].write(`= ${net.filled(name, state, row)}`));
    see(board, () => writeEquations(shown.slice(0, middleOf)));
    see(life.element, () => {
      writeEquations(shown.slice(middleOf));
      if (layered) made.write(turned ? explainTurned(rows, step).sentence : explain(rows, step, writes).sentence);
      if (remembers) life.write(`half-life of c at this f: ${halfLifeText(row.f)}`);
    });
    showPreset();
    speech.say(() => (root.classList.contains("lx-guessing") ? "" : net.summary(row)));
  }

  // ---- where the reader thinks a line will be
  const dot = svg("circle", { class: "lx-guess", r: 7, role: "slider", tabindex: 0, "aria-orientation": "vertical" });
  const dotHit = svg("rect", { class: "lx-guess-place" });
  const task = live(html("span"));
  const showIt = button("Show", () => {
    if (!guessed) return;
    const { name, step, value, placed, done } = guessed;
    guessed.shown = true;
    root.classList.remove("lx-guessing");
    done(placed ? value : undefined, rowsNow[step - 1][name]);
  }, signal);
  const guessBar = html("p", { class: "lx-guess-bar", hidden: true }, task.element, " ", showIt);
  let guessed;
  function guess(there, [name, step], done) {
    guessed = undefined;
    change(there, true);
    guessed = { name, step: Number(step), value: 0, done }; // `placed`: by the reader
    put(dot, { "aria-label": `your guess for ${name} at step ${step}`, "aria-valuemin": -high, "aria-valuemax": high });
    task.write(`Put the dot where ${name} will stand at step ${step}.`);
    root.classList.add("lx-guessing");
    show();
    dot.focus({ preventScroll: true });
  }
  const placeGuess = (value) => {
    guessed.value = Math.min(high, Math.max(-high, Math.round(100 * value) / 100));
    guessed.placed = true;
    show();
  };
  // It is there to be moved: a mouse or a finger takes it at once.
  const toPointer = ({ clientY }) => {
    const [top, tall] = size.panels.at(-1);
    placeGuess(high - 2 * high * (clientY - picture.getBoundingClientRect().top - top) / tall);
  };
  dotHit.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    dotHit.setPointerCapture(event.pointerId);
    toPointer(event);
  }, { signal });
  dotHit.addEventListener("pointermove", (event) => {
    if (dotHit.hasPointerCapture(event.pointerId)) toPointer(event);
  }, { signal });
  dotHit.addEventListener("touchstart", (event) => event.preventDefault(), { signal, passive: false }); // as in onDrag
  dot.addEventListener("keydown", (event) => {
    if (event.key === "Enter") showIt.click();
    const value = keyStep(event, guessed.value, { min: -high, max: high });
    if (value === null) return;
    event.preventDefault();
    placeGuess(value);
  }, { signal });
  // It stays beside what came out, until all is set anew.
  function drawGuess(whole) {
    if (whole && guessed && (guessed.seen || !guessed.shown)) guessed = undefined;
    if (guessed?.shown) guessed.seen = true;
    if (!guessed) root?.classList.remove("lx-guessing");
    const on = guessed && guessed.step <= state.x.length && (guessed.placed || !guessed.shown);
    const asks = Boolean(on) && !guessed.shown;
    if (guessBar.hidden === asks) guessBar.hidden = !asks;
    if (!asks) dotHit.remove();
    if (!on) return dot.remove();
    if (asks && !dotHit.isConnected) picture.append(dotHit);
    if (!dot.isConnected) picture.append(dot);
    const [top, tall] = size.panels.at(-1);
    put(dot, { cx: tenth(middle(guessed.step - 1)), cy: tenth(memoryY(high)(guessed.value)), "aria-valuenow": guessed.value });
    put(dotHit, { x: tenth(middle(guessed.step - 1) - 22), width: 44, y: top, height: tall });
  }

  // From the chosen step to where half of its memory is gone, if the gate stays as it is; an RNN has neither
  function drawHalf({ f, c }, step, y) {
    const steps = halfLife(f);
    const x = middle(step - 1 + steps);
    const seen = Math.abs(c) > 0.1 && x <= width - RIGHT && x - middle(step - 1) > 4;
    put(halfLine, { points: seen ? `${tenth(middle(step - 1))},${tenth(y(c))} ${tenth(x)},${tenth(y(c / 2))} ${tenth(x)},${tenth(y(0))}` : "" });
    halfText.write(seen ? "half gone" : "");
    if (seen) put(halfText.element, x > width - 90 ? { x: tenth(x - 4), "text-anchor": "end", y: tenth(y(0) - 4) } : { x: tenth(x + 4), "text-anchor": "start", y: tenth(y(0) - 4) });
  }

  onPick(picture, (x) => goTo(columnAt(x, LEFT, width - RIGHT, state.x.length) + 1), signal);
  const pictureBox = html("div", { class: "lx-picture" }, picture);
  root = explorer(
    "cell", signal,
    region("head", look),
    region("view", html("div", { class: "lx-drawing" }, drawing.element), guessBar, pictureBox, madeBox),
    region("hand", bar.element, clock, ...(focused.length || layers.length === 1 ? [hands, tools] : [tools, hands])),
    region("rest", others, board, remembers && html("p", { class: "lx-f" }, life.element), toolbar, table.element),
    speech.element,
  );
  el.append(root);
  root.addEventListener("pointerdown", ({ target }) => { held = target.matches('input[type="range"], [role="slider"]'); }, { signal });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => {
    if (!held) return;
    held = false;
    show();
  }, { signal });
  root.addEventListener("lx-stand", () => {
    size = root.classList.contains("lx-sheet") ? net.foot : net.page;
    if (width) show();
  }, { signal });
  placed(root, el);
  onWidth(pictureBox, (now) => {
    width = now;
    show();
  }, signal);
  return () => stop.abort();
}

// "w_f x_t + …" with its names as symbols
function letters(text) {
  return text.split(/(\w_(?:\{[^}]*\}|\w)|\b[fgio]\b)/).map((part, k) => (k % 2 ? symbol(part) : part));
}

// A number among others
function n(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

// What a layer says at a step, with the numbers that it is made of
function layer(k, p, row, said) {
  const squash = k === "g" ? "tanh" : "σ";
  const sum = `${n(p[`w_${k}`])} · ${n(row.x)} + ${n(p[`u_${k}`])} · ${n(row.h_prev)} + ${n(p[`b_${k}`])}`;
  return `${squash}(${sum}) = ${squash}(${number(row[`a_${k}`])}) = ${number(said)}`;
}

// Steps until half of what c holds is gone, were f to stay as it is.
export function halfLife(f) {
  return f === 1 ? Infinity : Math.log(0.5) / Math.log(f);
}

function halfLifeText(f) {
  const life = halfLife(f);
  return life > 999 ? "over 999 steps" : `${number(life, 1)} steps`;
}
