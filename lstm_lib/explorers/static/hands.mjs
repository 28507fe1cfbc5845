// What the explorers of trained networks share: the reader's hands on the gates, heat maps of all units.
import { OPEN_GATES } from "./network.mjs";
import { html, put, slider, symbol } from "./parts.mjs";
import LIMITS from "./limits.json" with { type: "json" };

const NAMES = { f: "forget gate", i: "input gate", o: "output gate" };
const KNOBS = { scale: "times", shift: "plus, before the sigmoid", hold: "held at" };

// A fieldset a gate: scale, shift, and a box that holds it at a value. `show(state)` brings them up to date.
export function gateHands(change, signal) {
  const parts = OPEN_GATES.map((k) => {
    const knobs = Object.fromEntries(Object.entries(KNOBS).map(([knob, label]) => [knob, slider({
      name: `${knob}_${k}`, label: `${NAMES[k]}: ${label}`, text: label, signal,
      min: LIMITS.network[`${knob}_${k}`].low, max: LIMITS.network[`${knob}_${k}`].high,
      initial: LIMITS.network[`${knob}_${k}`].default,
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

// One row a unit, one column a step. Gates from nothing to their full colour; c and h in two colours about zero, the
// negative ones with a darker line through them. The canvas holds 3 pixels a value and style sheets blow it up: to
// write a few hundred numbers costs less than to draw as many rectangles.
const LINES = 3;

export function heatMap(name, label, signal, rowHeight = 7) {
  const canvas = html("canvas", { role: "img", "aria-label": label });
  const cursor = html("span", { class: "lx-at" });
  const grid = html("span", { class: "lx-grid" });
  const box = html("div", { class: "lx-map" }, canvas, grid, cursor);
  const element = html("div", { class: `lx-heat lx-${name}` }, html("span", { class: "lx-heat-name" }, symbol(name)), box);
  const signed = "gch".includes(name);
  const pen = canvas.getContext("2d", { willReadFrequently: true }); // so it stays in main memory, where it is written
  let image, pixels, colours, last;

  // 256 shades of each colour over the background; read anew when the theme changes. An element that is not in the
  // page yet, as at first in JupyterLab, has none.
  function shades() {
    const style = getComputedStyle(element);
    if (!style.getPropertyValue("--lx-own")) return;
    const parse = (one) => {
      pen.fillStyle = style.getPropertyValue(one);
      return [1, 3, 5].map((k) => parseInt(pen.fillStyle.slice(k, k + 2), 16));
    };
    const back = parse("--lx-raised");
    const ramp = (to) => Uint32Array.from({ length: 256 }, (_, k) => to.reduce(
      (packed, channel, j) => packed | Math.round(back[j] + (channel - back[j]) * k / 255) << (8 * j), 0xff << 24));
    colours = { full: ramp(parse("--lx-own")), below: ramp(parse("--lx-o")) };
  }

  function draw(columns, at) {
    last = [columns, at];
    if (!colours) shades();
    if (!colours) return;
    const [T, H] = [columns.length, columns[0].length];
    if (!image || image.width !== T || image.height !== H * LINES) {
      put(canvas, { width: T, height: H * LINES });
      box.style.height = `${H * rowHeight}px`;
      grid.style.backgroundSize = `${100 / T}% ${rowHeight}px`;
      cursor.style.width = `${100 / T}%`;
      image = pen.createImageData(T, H * LINES);
      pixels = new Uint32Array(image.data.buffer);
    }
    const { full, below } = colours;
    for (let t = 0; t < T; t++) {
      const units = columns[t];
      for (let j = 0; j < H; j++) {
        const shade = Math.min(255, Math.round(255 * Math.abs(units[j])));
        const negative = signed && units[j] < 0;
        const colour = negative ? below[shade] : full[shade];
        const place = j * LINES * T + t;
        pixels[place] = pixels[place + 2 * T] = colour;
        pixels[place + T] = negative ? below[Math.min(255, shade + 110)] : colour;
      }
    }
    pen.putImageData(image, 0, 0);
    if (cursor.place !== at) cursor.style.transform = `translateX(${100 * (cursor.place = at)}%)`;
  }
  const placed = new ResizeObserver(() => !colours && last && draw(...last));
  placed.observe(element);
  const recolour = () => {
    colours = undefined;
    if (last) draw(...last);
  };
  for (const media of ["print", "(forced-colors: active)"]) matchMedia(media).addEventListener("change", recolour, { signal });
  const themed = new MutationObserver(recolour);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  signal.addEventListener("abort", () => {
    placed.disconnect();
    themed.disconnect();
  });
  const stepAt = (event, n) =>
    Math.min(n - 1, Math.max(0, Math.floor(n * event.offsetX / canvas.clientWidth)));
  return { element, canvas, draw, stepAt };
}

// Columns of the "Numbers" table for H units, and the row of one step.
export function unitColumns(H, series = ["f", "i", "g", "o", "c", "h"]) {
  const names = series.flatMap((name) => Array.from({ length: H }, (_, j) => `${name}_${j + 1}`));
  const row = (step) => series.flatMap((name) => step[name]);
  return { names, row };
}
