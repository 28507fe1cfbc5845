// The six equations for a one-unit LSTM, in the letters of the notation page.
// lstm_lib/cells.py is the other copy; tests/test_browser_equations.py holds the two together.

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

// One row a time step: {t, x, h_prev, c_prev, a_f … h}, from the zero state.
export function lstmTrace(p, xs) {
  let h = 0;
  let c = 0;
  return xs.map((x, k) => {
    const row = { t: k + 1, x, h_prev: h, c_prev: c, ...lstmStep(p, x, h, c) };
    ({ h, c } = row);
    return row;
  });
}
