// What the explorers of trained networks share: the reader's hands on the gates, heat maps of all units.
import { GATE_NAMES, KNOBS } from "./goals.mjs";
import { OPEN_GATES } from "./network.mjs";
import { button, html, oneStop, put, slider, symbol } from "./parts.mjs";
import LIMITS from "./limits.json" with { type: "json" };

export const GUTTER = 34; // pixels left of the columns, for the names of rows; explorer.css has it, too

// `holds`, a fieldset a gate with a box that holds it at a value; `element`, scale and shift of each, and the cells that
// all of it acts on. `show(state)` brings them up to date.
export function gateHands(H, change, signal) {
  const parts = OPEN_GATES.map((k) => {
    const knobs = Object.fromEntries(Object.entries(KNOBS).map(([knob, label]) => [knob, slider({
      name: `${knob}_${k}`, label: `${GATE_NAMES[k]}: ${label}`, text: label, signal,
      min: LIMITS.network[`${knob}_${k}`].low, max: LIMITS.network[`${knob}_${k}`].high,
      initial: LIMITS.network[`${knob}_${k}`].default,
      change: (value) => change({ [`${knob}_${k}`]: value, ...(knob === "hold" ? { [`held_${k}`]: true } : {}) }),
    })]));
    const held = html("input", { type: "checkbox", name: `held_${k}` });
    held.addEventListener("change", () => change({ [`held_${k}`]: held.checked }), { signal });
    const group = (...children) => html(
      "fieldset", { class: `lx-gate lx-${k}` },
      html("legend", {}, html("span", { class: "lx-swatch", "aria-hidden": "true" }), `${GATE_NAMES[k]} `, symbol(k)), ...children);
    const hold = group(
      html("label", { class: "lx-choice", "data-part": `held_${k}` }, held, " hold it still"), knobs.hold.element);
    const element = group(knobs.scale.element, knobs.shift.element);
    const show = (state) => {
      for (const knob of Object.keys(KNOBS)) knobs[knob].set(state[`${knob}_${k}`]);
      held.checked = state[`held_${k}`];
      for (const knob of ["scale", "shift"]) knobs[knob].input.disabled = state[`held_${k}`];
    };
    return { hold, element, show };
  });
  const every = Array.from({ length: H }, (_, j) => j + 1);
  let chosen = every;
  const toggle = (one) => change({ cells: every.filter((cell) => chosen.includes(cell) !== (cell === one)) });
  const cells = every.map((one) => button(one, () => toggle(one), signal));
  const group = html(
    "div", { class: "lx-row-of", role: "group", "aria-label": "Cells that these sliders move", "data-part": "cells" },
    html("span", {}, "in cells"), ...cells, button("all", () => change({ cells: every }), signal));
  oneStop(group, signal);
  return {
    holds: html("div", { class: "lx-gates lx-narrow" }, ...parts.map(({ hold }) => hold)),
    element: html("div", {}, html("div", { class: "lx-gates lx-narrow" }, ...parts.map(({ element }) => element)), group),
    show: (state) => {
      for (const part of parts) part.show(state);
      chosen = state.cells;
      cells.forEach((cell, j) => put(cell, { "aria-pressed": chosen.includes(j + 1) }));
    },
  };
}

// What the colours of maps mean: from nothing to all, or about zero
export function legend(text, names, low, high) {
  const ramps = names.map((name) => html("span", { class: `lx-ramp lx-${name}${low < 0 ? " lx-signed" : ""}` }));
  const ends = low < 0 ? [`\u2212${-low}, striped`, high] : [low, high];
  return html("p", { class: "lx-legend" }, html("span", {}, text), html("span", {}, ends[0], " ", ...ramps, " ", ends[1]));
}

// One row a unit, one column a step. Gates from nothing to their full colour; c and h in two colours about zero, the
// negative ones with a darker line through them; full at `most` and beyond. The canvas holds 3 pixels a value and style sheets blow it up: to
// write a few hundred numbers costs less than to draw as many rectangles.
const LINES = 3;

export function heatMap(name, H, label, signal, rowHeight = 6, most = 1) {
  const canvas = html("canvas", { role: "img", "aria-label": label });
  const cursor = html("span", { class: "lx-at" });
  const row = html("span", { class: "lx-at lx-row", style: `height:${rowHeight}px` });
  const grid = html("span", { class: "lx-grid" });
  const ties = html("span", { class: "lx-ties" });
  const box = html("div", { class: "lx-map", style: `height:${H * rowHeight}px` }, canvas, grid, ties, cursor);
  const every = Math.ceil(11 / rowHeight); // so that one number does not lie on the next
  const rows = Array.from({ length: H }, (_, j) => j).filter((j) => j % every === 0).map((j) =>
    html("span", { style: `top:${(j + 0.5) * rowHeight}px` }, j + 1));
  const element = html(
    "div", { class: `lx-heat lx-${name}`, "data-part": name },
    html("span", { class: "lx-heat-name", "aria-hidden": "true" }, symbol(name), ...rows), box);
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

  function draw(columns, at, cell) {
    last = [columns, at, cell];
    if (!colours) shades();
    if (!colours) return;
    const T = columns.length;
    if (!image || image.width !== T || image.height !== H * LINES) {
      put(canvas, { width: T, height: H * LINES });
      grid.style.backgroundSize = `${100 / T}% ${rowHeight}px`;
      cursor.style.width = `${100 / T}%`;
      image = pen.createImageData(T, H * LINES);
      pixels = new Uint32Array(image.data.buffer);
    }
    const { full, below } = colours;
    for (let t = 0; t < T; t++) {
      const units = columns[t];
      for (let j = 0; j < H; j++) {
        const shade = Math.min(255, Math.round(255 * Math.abs(units[j]) / most));
        const negative = signed && units[j] < 0;
        const colour = negative ? below[shade] : full[shade];
        const place = j * LINES * T + t;
        pixels[place] = pixels[place + 2 * T] = colour;
        pixels[place + T] = negative ? below[Math.min(255, shade + 110)] : colour;
      }
    }
    pen.putImageData(image, 0, 0);
    if (cursor.place !== at) cursor.style.transform = `translateX(${100 * (cursor.place = at)}%)`;
    if (row.place !== cell) row.style.transform = `translateY(${100 * ((row.place = cell) - 1)}%)`;
    if (cell && !row.isConnected) box.append(row);
  }

  // Forced ones, [cell, step] each, cell 0 for all of them, in a frame
  function tie(forced, T) {
    ties.replaceChildren(...forced.map(([cell, step]) => html("span", {
      style: `left:${100 * (step - 1) / T}%;width:${100 / T}%;top:${cell && (cell - 1) * rowHeight}px;height:${(cell ? 1 : H) * rowHeight}px`,
    })));
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
  const among = (share, n) => Math.min(n - 1, Math.max(0, Math.floor(n * share)));
  const stepAt = (event, n) => among(event.offsetX / canvas.clientWidth, n);
  const unitAt = (event) => among(event.offsetY / canvas.clientHeight, H);
  return { element, canvas, draw, tie, stepAt, unitAt };
}

// Columns of the "Numbers" table for H units, and the row of one step.
export function unitColumns(H, series = ["f", "i", "g", "o", "c", "h"]) {
  const names = series.flatMap((name) => Array.from({ length: H }, (_, j) => `${name}_${j + 1}`));
  const row = (step) => series.flatMap((name) => step[name]);
  return { names, row };
}
