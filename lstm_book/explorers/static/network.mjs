// A trained LSTM with a linear read-out, its gates open to the reader: lstm_lib's equations with matrices.
import { GATES, sigmoid } from "./lstm.mjs";
import LIMITS from "./limits.json" with { type: "json" };

export const OPEN_GATES = ["f", "i", "o"];
export const limitsOf = (kind) => ({ ...LIMITS.network, ...LIMITS[kind] });
// Each preset takes the hands off that it says nothing of.
export function withHandsOff(presets, limits) {
  const hands = Object.entries(limits).filter(([name, { hand }]) => hand || Object.hasOwn(LIMITS.network, name));
  const off = Object.fromEntries(hands.map(([name, limit]) => [name, limit.default]));
  return Object.fromEntries(Object.entries(presets).map(([name, preset]) => [name, { ...preset, values: { ...off, ...preset.values } }]));
}

// `model` holds W_f (H rows of D) … U_o, b_o, and W_y (K rows of H), b_y. An input is D numbers, or the place of the
// single 1 in them. `hands` is what the reader does to the gates: in the units `cells`, shift added to a pre-activation,
// scale multiplied to a gate, and held at a value in place of both; `forced`, single gates at single steps. `lent` are
// output gates from elsewhere, at one step.
export function networkTrace(model, inputs, hands, lent) {
  const H = model.b_f.length;
  const touched = model.b_f.map((_, j) => hands.cells?.includes(j + 1) ?? true);
  let h = new Array(H).fill(0);
  let c = h;
  return inputs.map((x, t) => {
    const [h_prev, c_prev] = [h, c];
    const layer = {};
    for (const k of GATES) {
      const [W, U, b] = [model[`W_${k}`], model[`U_${k}`], model[`b_${k}`]];
      const [held, hold, scale, shift] = ["held", "hold", "scale", "shift"].map((hand) => hands[`${hand}_${k}`]);
      layer[k] = b.map((bias, j) => {
        const a = bias + (typeof x === "number" ? W[j][x] : dot(W[j], x)) + dot(U[j], h_prev);
        if (k === "g") return Math.tanh(a);
        if (!touched[j]) return sigmoid(a);
        return held ? hold : scale * sigmoid(a + shift);
      });
    }
    if (lent?.t === t) layer.o = [...lent.o];
    for (const [gate, cell, step, value] of hands.forced ?? []) {
      if (step === t + 1) layer[gate] = layer[gate].map((free, j) => (cell === 0 || cell === j + 1 ? value : free));
    }
    const { f, i, g, o } = layer;
    c = f.map((gate, j) => gate * c_prev[j] + i[j] * g[j]);
    h = o.map((gate, j) => gate * Math.tanh(c[j]));
    const shown = h;
    return { x, f, i, g, o, c, h, get y() { return model.b_y.map((bias, k) => bias + dot(model.W_y[k], shown)); } };
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
