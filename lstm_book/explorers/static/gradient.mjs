// The "gradient" explorer: how far back the gradient reaches, in an RNN and in an LSTM of one unit each.
import { goalBar } from "./goals.mjs";
import { lstmReach, rnnReach } from "./lstm.mjs";
import {
  boxed, columnAt, explorer, html, live, marks, number, numbersTable, onPick, onWidth, placesOf, points, put, region, scale, series, slider, spoken,
  spread, svg, symbol, tenth, track,
} from "./parts.mjs";
import { share } from "./state.mjs";
import LIMITS from "./limits.json" with { type: "json" };
import PRESETS from "./gradient_presets.json" with { type: "json" };

const SLIDERS = {
  u: "u, recurrent weight of the RNN",
  w: "w, input weight of both",
  b_f: "b_f, forget bias of the LSTM",
  u_figo: "u_f, u_i, u_g and u_o, recurrent weights of the LSTM",
};
const LINES = {
  rnn: { name: "RNN", shape: "triangle" },
  direct: { name: "LSTM, direct path", short: "direct", shape: "square" },
  full: { name: "LSTM, in full", short: "LSTM", shape: "disc" },
};
const NORM = LIMITS.gradient.clip.norm; // the limit of the clip switch
const DECADES = 12;
const HOLD = 2; // within two decades of 1 the gradient "holds"
const [TOP, LEFT, RIGHT] = [24, 40, 14];
const HEIGHTS = { page: 250, foot: 170 };

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, tools, look, showPreset, ghost, pinned } = share({
    model, kind: "gradient", limits: LIMITS.gradient, presets: PRESETS, show: () => show(), signal,
    answer: (name, k) => drawn[name]?.[k - 1],
  });
  const initial = model.get("initial");
  const xs = model.get("x");
  const steps = xs.length - 1;

  // ---- controls
  const set = (values) => change({ preset: "", ...values });
  const sliders = Object.fromEntries(Object.entries(SLIDERS).map(([name, label]) => [
    name, slider({ name, label, min: LIMITS.gradient[name].low, max: LIMITS.gradient[name].high, initial: initial[name], signal, change: (value) => set({ [name]: value }) }),
  ]));
  const activation = html(
    "select", { name: "activation", "aria-label": "activation of the RNN" },
    html("option", { value: "tanh" }, "tanh"), html("option", { value: "relu" }, "ReLU"),
  );
  activation.addEventListener("change", () => set({ activation: activation.value }), { signal });
  const clip = html("input", { type: "checkbox", name: "clip" });
  clip.addEventListener("change", () => set({ clip: clip.checked }), { signal });
  const far = html("input", { type: "range", name: "k", min: 1, max: steps, step: 1, "aria-label": "steps back k", dir: "rtl" });
  const farText = boxed("lx-value lx-fixed lx-short");
  far.addEventListener("input", () => change({ k: far.valueAsNumber }), { signal });

  // ---- picture
  const picture = svg("svg", { role: "img", "aria-label": "Size of the gradient against steps back, logarithmic" });
  const bands = svg("g", { class: "lx-bands" });
  const ticks = svg("g", { class: "lx-ticks" });
  const cursor = svg("path", { class: "lx-rule" });
  const lines = Object.fromEntries(Object.keys(LINES).map((key) => [key, {
    ...series(key),
    was: svg("polyline", { class: `lx-was lx-${key}` }),
    tag: live(svg("text", { class: `lx-tag lx-${key}` })),
    arrow: svg("polygon", { class: `lx-dots lx-${key}` }),
  }]));
  const all = Object.values(lines);
  const fields = Object.keys(lines).map((key) => svg("rect", { class: "lx-field", y: TOP, "data-part": key }));
  // cuts what is off the scale
  const frame = svg("svg", { y: TOP }, ...Object.keys(lines).map((key, j) =>
    svg("g", {}, fields[j], lines[key].was, lines[key].line, lines[key].dots)));
  picture.append(bands, ticks, cursor, frame, ...all.flatMap(({ tag, arrow }) => [tag.element, arrow]));
  const readout = Object.fromEntries(Object.keys(LINES).map((key) => [key, boxed("lx-value lx-filled")]));
  const board = html("div", { class: "lx-equations lx-readout" }, ...Object.entries(LINES).map(([key, { name }]) =>
    html("p", { class: `lx-${key}` }, html("b", {}, `${name}: `), readout[key].element)));
  const why = live(html("p", { class: "lx-why lx-said" }));
  const table = numbersTable(["k", "rnn", "direct", "full"]);
  const speech = spoken(signal);

  // ---- drawing
  let HEIGHT = HEIGHTS.page;
  const y = (decade) => scale(-DECADES, DECADES, TOP, HEIGHT)(decade);
  const size = (value) => Math.max(-400, Math.log10(Math.abs(value))); // of 0, less than of any number
  const level = (value) => y(size(value));
  // A line that has left the frame for good is drawn as far as its edge.
  const lastSeen = (ys) => ys.findLastIndex((height) => height >= TOP && height <= TOP + HEIGHT);
  const pointsSeen = (ys, last = lastSeen(ys)) => points(places.slice(0, last + 2), ys);
  const within = (height) => Math.min(TOP + HEIGHT, Math.max(TOP, height));
  let acrosses = [];
  let places = [];
  let width = 0;
  const across = (k) => width - RIGHT - (width - LEFT - RIGHT) * (k - 1) / (steps - 1); // time runs to the right

  function layout() {
    put(picture, { viewBox: `0 0 ${width} ${TOP + HEIGHT + 40}`, height: TOP + HEIGHT + 40 });
    acrosses = Array.from({ length: steps }, (_, j) => tenth(across(j + 1)));
    places = placesOf(acrosses);
    for (const { tag } of all) put(tag.element, { x: LEFT + 6 });
    const [x, wide] = [LEFT - 4, width - LEFT - RIGHT + 8];
    put(frame, { x, height: HEIGHT, viewBox: `${x} ${TOP} ${wide} ${HEIGHT}`, width: wide, style: `width:${wide}px` });
    for (const one of fields) put(one, { x, width: wide, height: HEIGHT });
    const band = (name, high, low, text) => [
      svg("rect", { class: `lx-band lx-${name}`, x: LEFT, width: width - LEFT - RIGHT, y: y(high), height: y(low) - y(high) }),
      svg("text", { x: LEFT + 0.3 * (width - LEFT - RIGHT), y: y(high) + 16 }, text),
    ];
    bands.replaceChildren(
      ...band("explode", DECADES, HOLD, "explodes"), ...band("hold", HOLD, -HOLD, "holds"),
      ...band("vanish", -HOLD, -DECADES, "vanishes"),
    );
    const text = (px, py, label, anchor) => svg("text", { x: px, y: py, "text-anchor": anchor }, label);
    const items = [];
    for (let d = -DECADES; d <= DECADES; d += 4) items.push(text(LEFT - 5, y(d) + 4, power(d), "end"));
    for (const k of [1, 50, 100, 150, 200].filter((one) => one <= steps)) {
      items.push(text(across(k), TOP + HEIGHT + 16, k, "middle"));
    }
    items.push(text((LEFT + width - RIGHT) / 2, TOP + HEIGHT + 34, "steps back from the last, k", "middle"));
    items.push(text(4, 13, "how much the last state answers to one k steps back", "start"));
    ticks.replaceChildren(...items);
  }

  const reachOfRnn = (w, u, act, clip) => {
    const values = rnnReach({ w, u, activation: act }, xs);
    return clipped(clip, { rnn: values }, values);
  };
  const reachOfLstm = (w, u, b_f, clip) => {
    const series = lstmReach(
      { w_f: w, u_f: u, b_f, w_i: w, u_i: u, b_i: 0, w_g: w, u_g: u, b_g: 0, w_o: w, u_o: u, b_o: 0 }, xs);
    return clipped(clip, series, series.full);
  };
  const [rnn, lstm, rnnBefore, lstmBefore] = [reachOfRnn, reachOfLstm, reachOfRnn, reachOfLstm].map(kept);
  const both = (there, [ofRnn, ofLstm]) => [
    ofRnn(there.w, there.u, there.activation, there.clip), ofLstm(there.w, there.u_figo, there.b_f, there.clip)];
  const seriesOf = (pair) => Object.fromEntries(pair.flatMap(({ series }) => Object.entries(series)));

  const bar = goalBar({ kind: "gradient", puzzles: model.get("puzzles"), change, signal, run: (there) => seriesOf(both(there, [rnn, lstm])) });

  // The lines before the last move, or those pinned
  function drawShadow(found) {
    const before = ghost() && seriesOf(both(ghost(), [rnnBefore, lstmBefore]));
    for (const key of Object.keys(LINES)) {
      const moved = before && before[key].some((value, k) => value !== found[key][k]);
      if (shadow[key] === (moved ? before[key] : undefined) && shadow.width === width) continue;
      shadow[key] = moved ? before[key] : undefined;
      put(lines[key].was, { points: moved ? pointsSeen(before[key].map(level)) : "" });
    }
    shadow.width = width;
    put(picture, { class: pinned() ? "lx-with-a" : "" });
  }
  let shadow = {};

  let drawn = {};
  function show() {
    const { k } = state;
    const pair = both(state, [rnn, lstm]);
    const found = seriesOf(pair);
    const shrunk = pair.some((one) => one.shrunk);
    for (const name of Object.keys(SLIDERS)) sliders[name].set(state[name]);
    if (activation.value !== state.activation) activation.value = state.activation;
    if (clip.checked !== state.clip) clip.checked = state.clip;
    if (far.valueAsNumber !== k) far.value = k;
    farText.write(String(k));
    const keys = Object.keys(LINES);
    const labels = spread(keys.map((key) => within(level(found[key].at(-1)))), 14, TOP + 6, TOP + HEIGHT - 4);
    keys.forEach((key, j) => {
      if (drawn.width !== width || drawn[key] !== found[key]) {
        const ys = found[key].map(level);
        const seen = lastSeen(ys);
        const marked = (_, step) => step % 20 === 7 * j && step <= seen;
        put(lines[key].line, { points: pointsSeen(ys, seen) });
        put(lines[key].dots, { points: marks(LINES[key].shape, acrosses.filter(marked), ys.filter(marked)) });
        put(lines[key].arrow, { points: leaves(acrosses, ys, seen, TOP, TOP + HEIGHT) });
        lines[key].tag.write(`${LINES[key].short ?? LINES[key].name}${told(found[key].at(-1))}`);
      }
      put(lines[key].tag.element, { y: tenth(labels[j] + 4) });
    });
    drawn = { ...found, width };
    drawShadow(found);
    bar.update(state);
    put(cursor, { d: `M${acrosses[k - 1]} ${TOP}v${HEIGHT}` });
    see(board, () => {
      for (const key of keys) readout[key].write(`${scientific(found[key][k - 1])} at ${k} steps back`);
      why.write(idle(state, found, shrunk));
    });
    showPreset();
    see(table.element, () => table.update(acrosses.map((_, j) => [j + 1, ...keys.map((key) => found[key][j])])));
    speech.say(() => `${k} steps back: RNN ${verdict(found.rnn[k - 1])}, LSTM direct path ${verdict(found.direct[k - 1])}, ` +
      `LSTM in full ${verdict(found.full[k - 1])}${shrunk ? "; clipped" : ""}.`);
  }

  onPick(picture, (x) => {
    const half = (across(1) - across(2)) / 2;
    change({ k: steps - columnAt(x, LEFT - half, width - RIGHT + half, steps) });
  }, signal);
  const root = explorer(
    "gradient", signal,
    region("head", look),
    region("view", html("div", { class: "lx-picture" }, picture), board),
    region(
      "hand",
      bar.element,
      html("div", { class: "lx-time" }, html(
        "label", {}, html("span", { class: "lx-name" }, "steps back ", symbol("k"), " = ", farText.element), track(far))),
      tools,
      html(
        "div", { class: "lx-gates" },
        html(
          "fieldset", { class: "lx-rnn" }, html("legend", {}, html("span", { class: "lx-swatch" }), "RNN"),
          sliders.u.element, html("label", { class: "lx-choice" }, "activation ", activation),
        ),
        html(
          "fieldset", { class: "lx-full" }, html("legend", {}, html("span", { class: "lx-swatch" }), "LSTM"),
          sliders.b_f.element, sliders.u_figo.element,
        ),
        html(
          "fieldset", {}, html("legend", {}, "Both"),
          sliders.w.element, html("label", { class: "lx-choice" }, clip, ` clip the norm to ${NORM}`),
        ),
      ),
      why.element,
    ),
    region("rest", toolbar, table.element), speech.element,
  );
  el.append(root);
  root.addEventListener("lx-stand", () => {
    HEIGHT = HEIGHTS[root.classList.contains("lx-sheet") ? "foot" : "page"];
    [drawn, shadow] = [{}, {}];
    if (!width) return;
    layout();
    show();
  }, { signal });
  placed(root, el);
  onWidth(picture.parentElement, (now) => {
    width = now;
    layout();
    show();
  }, signal);
  return () => stop.abort();
}

// Makes anew only if its arguments have changed: a network that the reader leaves alone is not drawn again.
function kept(make) {
  let key, value;
  return (...from) => {
    if (key !== (key = from.join())) value = make(...from);
    return value;
  };
}

// The gradient's size is that of `whole`, with what is nearest of all, 1; with `clip`, all is shrunk to NORM.
function clipped(clip, series, whole) {
  const by = clip ? Math.min(1, NORM / Math.hypot(1, ...whole)) : 1;
  return { shrunk: by < 1, series: Object.fromEntries(Object.entries(series).map(([key, values]) => [key, values.map((d) => by * d)])) };
}

// An arrow where a line leaves the frame for good, after its last place within; nothing if it stays.
function leaves(xs, ys, last, top, bottom) {
  if (last === ys.length - 1) return "";
  const [edge, out] = ys[last + 1] < top ? [top, -1] : [bottom, 1];
  const x = last < 0 ? xs[0] : xs[last] + (xs[last + 1] - xs[last]) * (edge - ys[last]) / (ys[last + 1] - ys[last]);
  const back = edge - 9 * out;
  return `${tenth(x - 6)},${back} ${tenth(x + 6)},${back} ${tenth(x)},${edge}`;
}

// The number that is off the scale
function told(value) {
  const size = Math.log10(Math.abs(value));
  return Math.abs(size) <= DECADES ? "" : value === 0 ? " ↓ 0" : ` ${size < 0 ? "↓" : "↑"} ${power(Math.round(size))}`;
}

// Which control moves nothing now, and why
function idle({ u, w, activation, clip }, { rnn }, shrunk) {
  const off = activation === "relu" ? rnn.indexOf(0) + 1 : 0;
  const said = [];
  if (u === 0) said.push("u is 0: no state of the RNN reaches the next, and its gradient is 0.");
  else if (off && w === 0) said.push("Without input (w = 0) the ReLU is always off: the RNN’s gradient is 0, whatever u is.");
  else if (off) said.push(`The ReLU is off ${off - 1} steps back: beyond, the RNN’s gradient is 0.`);
  if (clip && !shrunk) said.push(`Clipping changes nothing: neither norm is above ${NORM}.`);
  return said.join(" ");
}

function power(d) {
  return `10${[...String(d)].map((one) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(one)]).join("")}`;
}

function scientific(value) {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(1).split("e").map(Number);
  if (exponent >= -2 && exponent < 3) return number(value, 3);
  return `${number(digits, 1)} · ${power(exponent)}`;
}

function verdict(value) {
  const size = Math.log10(Math.abs(value));
  return size > HOLD ? "explodes" : size < -HOLD ? "vanishes" : "holds";
}
