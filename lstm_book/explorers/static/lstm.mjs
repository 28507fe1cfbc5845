// The six equations for a one-unit LSTM, in the letters of the notation page, and the one of an RNN.
// lstm_lib/cells.py and rnn.py are the other copy; tests/browser/test_equations.py holds the two together.

export const GATES = ["f", "i", "g", "o"];
export const WEIGHTS = GATES.flatMap((k) => [`w_${k}`, `u_${k}`, `b_${k}`]);
export const SERIES = ["f", "i", "g", "o", "c", "h"];

// exp of a non-positive number only, so that no finite a overflows
export function sigmoid(a) {
  const e = Math.exp(-Math.abs(a));
  return (a >= 0 ? 1 : e) / (1 + e);
}

export function lstmStep(p, x, h_prev, c_prev) {
  const a_f = p.w_f * x + p.u_f * h_prev + p.b_f;
  const a_i = p.w_i * x + p.u_i * h_prev + p.b_i;
  const a_g = p.w_g * x + p.u_g * h_prev + p.b_g;
  const a_o = p.w_o * x + p.u_o * h_prev + p.b_o;
  const f = sigmoid(a_f);
  const i = sigmoid(a_i);
  const g = Math.tanh(a_g);
  const o = sigmoid(a_o);
  const c = f * c_prev + i * g;
  const h = o * Math.tanh(c);
  return { a_f, a_i, a_g, a_o, f, i, g, o, c, h };
}

// The RNN's one layer has the weights of the cell's layer g.
export function rnnStep(p, x, h_prev) {
  const a_g = p.w_g * x + p.u_g * h_prev + p.b_g;
  return { a_g, h: Math.tanh(a_g) };
}

// One row a time step: {t, x, h_prev, c_prev, a_f … h}, of an RNN {t, x, h_prev, a_g, h}, from the zero state.
export const lstmTrace = (p, xs) => trace(lstmStep, p, xs, 0);
export const rnnTrace = (p, xs) => trace(rnnStep, p, xs);

function trace(step, p, xs, c) {
  let h = 0;
  return xs.map((x, k) => {
    const row = { t: k + 1, x, h_prev: h, c_prev: c, ...step(p, x, h, c) };
    ({ h, c } = row);
    return row;
  });
}

// Activations of a simple RNN and their slopes, the slope from the activation's own value.
export const ACTIVATIONS = {
  tanh: [Math.tanh, (h) => 1 - h * h],
  relu: [(a) => Math.max(a, 0), (h) => (h > 0 ? 1 : 0)],
};

// How much the last state answers to each earlier one, nearest first: dh_T/dh_{T-k} for k = 1 … T-1 in the
// RNN h_t = act(w x_t + u h_{t-1}). Each step back multiplies by act'(a_t) u (Hochreiter 1991).
export function rnnReach({ w, u, activation }, xs) {
  const [act, slope] = ACTIVATIONS[activation];
  const hs = [];
  for (const x of xs) hs.push(act(w * x + u * (hs.at(-1) ?? 0)));
  const reach = [];
  let d = 1;
  for (let t = xs.length - 1; t > 0; t--) reach.push((d *= slope(hs[t]) * u));
  return reach;
}

// The same for the memory of an LSTM, dc_T/dc_{T-k}: the direct path, a product of forget gates, and in full,
// with every path through h and the gates (backpropagation through time).
export function lstmReach(p, xs) {
  const rows = lstmTrace(p, xs);
  const direct = [];
  const full = [];
  let product = 1;
  let dh = 0;
  let dc = 1;
  let tanh_c = Math.tanh(rows.at(-1).c);
  for (let t = rows.length - 1; t > 0; t--) {
    const { f, i, g, o, c_prev } = rows[t];
    const da_o = dh * tanh_c * o * (1 - o);
    const da_f = dc * c_prev * f * (1 - f);
    const da_i = dc * g * i * (1 - i);
    const da_g = dc * i * (1 - g * g);
    direct.push((product *= f));
    dh = p.u_f * da_f + p.u_i * da_i + p.u_g * da_g + p.u_o * da_o;
    tanh_c = Math.tanh(c_prev);
    dc = dc * f + dh * rows[t - 1].o * (1 - tanh_c ** 2);
    full.push(dc);
  }
  return { direct, full };
}
