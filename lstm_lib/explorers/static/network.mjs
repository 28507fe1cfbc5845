// A trained LSTM with a linear read-out, its gates open to the reader: lstm_lib's equations with matrices.
import { GATES, sigmoid } from "./lstm.mjs";
import LIMITS from "./limits.json" with { type: "json" };

export const OPEN_GATES = ["f", "i", "o"];
const HANDS_OFF = Object.fromEntries(Object.entries(LIMITS.network).map(([name, limit]) => [name, limit.default]));
export const limitsOf = (kind) => ({ ...LIMITS.network, ...LIMITS[kind] });
export const withHandsOff = (presets) => Object.fromEntries(Object.entries(presets).map(([name, preset]) =>
  [name, { ...preset, values: { ...HANDS_OFF, ...preset.values } }]));

// `model` holds W_f (H rows of D) … U_o, b_o, and W_y (K rows of H), b_y. An input is D numbers, or the place of the
// single 1 in them. `hands` is what the reader does to each gate, in all units: shift added to its pre-activation,
// scale multiplied to its value, and held at a value in place of both.
export function networkTrace(model, inputs, hands) {
  const H = model.b_f.length;
  let h = new Array(H).fill(0);
  let c = h;
  return inputs.map((x) => {
    const [h_prev, c_prev] = [h, c];
    const layer = {};
    for (const k of GATES) {
      const [W, U, b] = [model[`W_${k}`], model[`U_${k}`], model[`b_${k}`]];
      layer[k] = b.map((bias, j) => {
        const a = bias + (typeof x === "number" ? W[j][x] : dot(W[j], x)) + dot(U[j], h_prev);
        if (k === "g") return Math.tanh(a);
        return hands[`held_${k}`] ? hands[`hold_${k}`] : hands[`scale_${k}`] * sigmoid(a + hands[`shift_${k}`]);
      });
    }
    const { f, i, g, o } = layer;
    c = f.map((gate, j) => gate * c_prev[j] + i[j] * g[j]);
    h = o.map((gate, j) => gate * Math.tanh(c[j]));
    return { x, f, i, g, o, c, h, y: model.b_y.map((bias, k) => bias + dot(model.W_y[k], h)) };
  });
}

export function softmax(y) {
  const most = Math.max(...y);
  const e = y.map((value) => Math.exp(value - most));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
