// Where a memory comes from: c_t is a sum of layers, what is left of each write, Σ_k i_k g_k · f_{k+1} … f_t.
// memory_layers in lstm_lib is the other copy; tests/browser/test_layer_stack.py holds the two together.
import { number, put, svg, tenth } from "./parts.mjs";

// Of the rows of lstmTrace: [t][k], what is left in row t of what row k wrote; 0 where k is later.
export function layersOf(rows) {
  let left = rows.map(() => 0);
  return rows.map(({ f, i, g }, t) => (left = left.map((layer, k) => (k === t ? i * g : f * layer))));
}

// Of the steps of networkTrace: [t][k][j], the same for each unit j.
export function layersOfUnits(steps) {
  let left = steps.map(({ c }) => c.map(() => 0));
  return steps.map(({ f, i, g }, t) => (left = left.map((units, k) =>
    units.map((layer, j) => (k === t ? i[j] * g[j] : f[j] * layer)))));
}

// How far the layers reach from zero, those above and those below summed apart: beyond c where signs mix.
export function reachOf(layers) {
  let far = 0;
  for (const row of layers) {
    let [above, below] = [0, 0];
    for (const layer of row) {
      if (layer > 0) above += layer;
      else below -= layer;
    }
    far = Math.max(far, above, below);
  }
  return far;
}

const lowered = (step) => [...String(step)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
const SAID = 4; // writes are named one by one; the others are the rest
const SEEN = 0.005; // rounds to more than nothing

// What c at step t, from 1, is made of: the writes that count most, the sum of the rest, and a sentence of them.
export function explain(rows, t, layers = layersOf(rows)) {
  const writes = layers[t - 1].slice(0, t).map((value, k) => ({ step: k + 1, value }));
  writes.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const parts = writes.slice(0, SAID).filter(({ value }) => Math.abs(value) >= SEEN);
  const rest = writes.slice(parts.length).reduce((sum, { value }) => sum + value, 0);
  const said = parts.map(({ step, value }) => [value, `from step ${step}`]);
  if (Math.abs(rest) >= SEEN || !said.length) said.push([rest, said.length ? "from the rest" : "so far"]);
  const sum = said.map(([value, from], k) => {
    const sign = k === 0 ? "" : value < 0 ? " − " : " + ";
    return `${sign}${number(k ? Math.abs(value) : value)} ${from}`;
  });
  return { parts, rest, sentence: `c${lowered(t)} = ${sum.join("")}` };
}

// Turned round: what a write at step k counts at step t. Its layer's width there over its width at first is the product
// of the forget gates between, ∂c_t/∂c_k along the direct path.
export function explainTurned(rows, k, t = rows.length) {
  const share = rows.slice(k, t).reduce((product, { f }) => product * f, 1);
  const sentence = `A write at step ${k} counts ${number(share)} of itself at step ${t}: ` +
    `∂c${lowered(t)}/∂c${lowered(k)} along the direct path`;
  return { share, sentence };
}

// A write's colour goes by its step, and so does its pattern; their numbers have no common factor, so that steps of one
// colour differ. A pattern is strokes across the band, from [u, v] on its outer edge to [u, v], u along a step and v
// across; or, in one piece, lines along the band at v.
const COLOURS = 8;
const PATTERNS = [
  {},
  { strokes: [[0.25, 0.25, 1], [0.75, 0.75, 1]] },
  { along: 0.5 },
  { strokes: [[0.1, 0.45, 1], [0.6, 0.95, 1]] },
  { strokes: [[0.2, 0.2, 0.5], [0.5, 0.5, 0.5], [0.8, 0.8, 0.5]] },
  { strokes: [[0.45, 0.1, 1], [0.95, 0.6, 1]] },
  { strokes: [[0, 0.5, 1], [1, 0.5, 1]] },
];
const THIN = 0.3; // pixels: thinner, nothing is drawn
const ROOM = 3; // pixels, from which on there is room for strokes
const TALL = 13; // pixels that the number of a step needs
const AWAY = -99;

// Stacked bands, a write each, the positive ones above zero, the negative ones below; where signs mix, the first sum less
// the second is c. A band opens between the step before its write and the write, as the line of c does, and shrinks as
// the forget gate says. `rows` are those of lstmTrace, `middles` the xs of the steps, `y` the scale. With `at`, a step
// from 1, a ruler shows what c there is made of; if `turned`, it is a write that is followed to the end instead.
export function layerStack() {
  const element = svg("g", { "aria-hidden": "true" });
  const ruler = svg("polygon", { class: "lx-ruler" });
  let bands = [];
  let names = [];

  function make(count) {
    bands = Array.from({ length: count }, () => svg("polygon"));
    names = bands.map((_, k) => svg("text", { class: "lx-write-name", "text-anchor": "middle" }, k + 1));
    element.replaceChildren(...bands, ruler, ...names);
    put(element, { class: count > 20 ? "lx-layers lx-many" : "lx-layers" });
  }

  function update({ rows, middles, y, at, turned = false, layers = layersOf(rows) }) {
    const count = rows.length;
    if (bands.length !== count || !element.firstChild) make(count);
    const zero = y(0);
    const unit = y(1) - zero;
    const above = new Array(count).fill(zero); // where the next band begins
    const below = above.slice();
    const rungs = []; // edges of the layers at the step that is looked at
    for (let k = 0; k < count; k++) {
      const base = layers[k][k] < 0 ? below : above;
      const first = Math.max(0, k - 1);
      const inner = base.slice(first);
      for (let t = k; t < count; t++) base[t] += unit * layers[t][k];
      const outer = base.slice(first);
      const there = Math.abs(outer[k - first] - inner[k - first]);
      const seen = there >= THIN;
      put(bands[k], {
        points: seen ? outline(middles.slice(first), inner, outer, PATTERNS[k % PATTERNS.length]) : "",
        class: `lx-write lx-write-${k % COLOURS}${turned && at && at !== k + 1 ? " lx-faint" : ""}`,
      });
      put(names[k], { x: middles[k], y: there >= TALL ? tenth((inner[k - first] + outer[k - first]) / 2 + 4) : AWAY });
      if (at && k < at && Math.abs(unit * layers[at - 1][k]) >= 1) rungs.push(tenth(base[at - 1]));
    }
    const ends = at && [below[at - 1], above[at - 1]].map(tenth);
    put(ruler, { points: at && !turned ? ladder(middles[at - 1], ends, [tenth(zero), ...rungs]) : "" });
  }
  return { element, update };
}

// One polygon: along the outer edge and back along the inner one, with a way to the end of each stroke and back, so that
// the strokes enclose nothing. It ends where the band has become too thin to be seen.
function outline(xs, inner, outer, { strokes = [], along }) {
  let last = xs.length - 1;
  while (last > 1 && Math.abs(outer[last - 1] - inner[last - 1]) < THIN) last--;
  let text = "";
  const add = (x, y) => { text += `${tenth(x)},${tenth(y)} `; };
  const point = (k, u, v) => {
    const [near, far] = [k, k + 1].map((one) => outer[one] + v * (inner[one] - outer[one]));
    add(xs[k] + u * (xs[k + 1] - xs[k]), near + u * (far - near));
  };
  if (along) {
    for (let k = 0; k <= last; k++) add(xs[k], outer[k] + along * (inner[k] - outer[k]));
    for (let k = last; k >= 0; k--) add(xs[k], outer[k] + along * (inner[k] - outer[k]));
  }
  for (let k = 0; k <= last; k++) {
    add(xs[k], outer[k]);
    if (k === last || Math.max(Math.abs(outer[k] - inner[k]), Math.abs(outer[k + 1] - inner[k + 1])) < ROOM) continue;
    for (const [from, to, depth] of xs[k + 1] - xs[k] < 16 ? strokes.slice(0, 1) : strokes) {
      point(k, from, 0);
      point(k, to, depth);
      point(k, from, 0);
    }
  }
  for (let k = last; k >= 0; k--) add(xs[k], inner[k]);
  return text;
}

// A ladder between two heights, with rungs
function ladder(x, [low, high], rungs) {
  const [left, right] = [tenth(x - 5), tenth(x + 5)];
  const across = rungs.map((y) => `${left},${y} ${right},${y} ${left},${y}`).join(" ");
  return `${left},${low} ${across} ${left},${high} ${right},${high} ${right},${low}`;
}
