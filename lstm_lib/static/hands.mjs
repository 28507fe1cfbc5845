// What the explorers of trained networks share: the reader's hands on the gates, heat maps of all units.
import { HANDS_OFF, OPEN_GATES } from "./network.mjs";
import { html, slider, symbol } from "./parts.mjs";

const NAMES = { f: "forget gate", i: "input gate", o: "output gate" };
const KNOBS = { // limits as in lstm_lib/explorers.py
  scale: { label: "times", min: 0, max: 2 },
  shift: { label: "plus, before the sigmoid", min: -8, max: 8 },
  hold: { label: "held at", min: 0, max: 1 },
};

// A fieldset a gate: scale, shift, and a box that holds it at a value. `show(state)` brings them up to date.
export function gateHands(change, signal) {
  const parts = OPEN_GATES.map((k) => {
    const knobs = Object.fromEntries(Object.entries(KNOBS).map(([knob, { label, min, max }]) => [knob, slider({
      name: `${knob}_${k}`, label: `${NAMES[k]}: ${label}`, text: label, min, max, signal,
      initial: HANDS_OFF[`${knob}_${k}`],
      change: (value) => change({ [`${knob}_${k}`]: value, ...(knob === "hold" ? { [`held_${k}`]: true } : {}) }),
    })]));
    const held = html("input", { type: "checkbox", name: `held_${k}` });
    held.addEventListener("change", () => change({ [`held_${k}`]: held.checked }), { signal });
    const element = html(
      "fieldset", { class: `lx-gate lx-${k}` },
      html("legend", {}, html("span", { class: "lx-swatch", "aria-hidden": "true" }), `${NAMES[k]} `, symbol(k)),
      knobs.scale.element, knobs.shift.element,
      html("label", { class: "lx-choice" }, held, " hold it still"), knobs.hold.element,
    );
    const show = (state) => {
      for (const knob of Object.keys(KNOBS)) knobs[knob].set(state[`${knob}_${k}`]);
      held.checked = state[`held_${k}`];
      for (const knob of ["scale", "shift"]) knobs[knob].input.disabled = state[`held_${k}`];
    };
    return { element, show };
  });
  return {
    element: html("div", { class: "lx-gates" }, ...parts.map(({ element }) => element)),
    show: (state) => parts.forEach((part) => part.show(state)),
  };
}

// One row a unit, one column a step, drawn on a canvas. Gates from nothing to their full colour; c and h in two
// colours about zero, the negative ones marked by a line too.
export function heatMap(name, label, rowHeight = 7) {
  const canvas = html("canvas", { role: "img", "aria-label": label });
  const element = html("div", { class: `lx-heat lx-${name}` }, html("span", { class: "lx-heat-name" }, symbol(name)), canvas);
  const signed = "gch".includes(name);
  function draw(columns, at) {
    const style = getComputedStyle(element);
    const [full, below, edge] = ["--lx-own", "--lx-o", "--lx-ink"].map((one) => style.getPropertyValue(one));
    const H = columns[0].length;
    const width = Math.max(100, canvas.parentElement.clientWidth - 24);
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    const size = [Math.round(width * ratio), Math.round(H * rowHeight * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${H * rowHeight}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, H * rowHeight);
    const step = width / columns.length;
    columns.forEach((units, t) => units.forEach((value, j) => {
      pen.fillStyle = signed && value < 0 ? below : full;
      pen.globalAlpha = Math.min(1, Math.abs(value));
      pen.fillRect(t * step + 0.5, j * rowHeight + 0.5, step - 1, rowHeight - 1);
      if (signed && value < 0) pen.fillRect(t * step + 0.5, (j + 0.5) * rowHeight - 0.5, step - 1, 1);
    }));
    pen.globalAlpha = 1;
    pen.strokeStyle = edge;
    pen.lineWidth = 1.5;
    pen.strokeRect(at * step + 0.75, 0.75, step - 1.5, H * rowHeight - 1.5);
  }
  const stepAt = (event, n) =>
    Math.min(n - 1, Math.max(0, Math.floor(n * event.offsetX / canvas.clientWidth)));
  return { element, canvas, draw, stepAt };
}

// Columns of the "Numbers" table for H units, and the row of one step.
export function unitColumns(H, series = ["f", "i", "g", "o", "c", "h"]) {
  const names = series.flatMap((name) => Array.from({ length: H }, (_, j) => `${name}_${j + 1}`));
  const row = (step) => Object.fromEntries(series.flatMap((name) => step[name].map((v, j) => [`${name}_${j + 1}`, v])));
  return { names, row };
}
