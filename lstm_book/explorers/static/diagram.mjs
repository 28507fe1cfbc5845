// The cell as a drawing: every line as heavy as what flows through it, hollow where that is negative; every layer filled to
// its value. Its parts can be pressed.
import { live, number, oneStop, put, svg, tenth } from "./parts.mjs";

// Lines: their corners, the value that sets their weight, the colour they share.
const FLOWS = [
  [[[8, 34], [70, 34]], "c_prev", "c"],
  [[[90, 34], [180, 34]], "kept", "c"],
  [[[200, 34], [404, 34]], "c", "c"],
  [[[80, 142], [80, 45]], "f", "f"],
  [[[148, 142], [148, 110]], "i", "i"],
  [[[216, 142], [216, 100], [158, 100]], "g", "g"],
  [[[148, 90], [148, 64], [190, 64], [190, 45]], "added", "c"],
  [[[318, 34], [318, 58]], "c", "c"],
  [[[318, 84], [318, 104]], "tanh_c", "c"],
  [[[284, 142], [284, 114], [307, 114]], "o", "o"],
  [[[329, 114], [404, 114]], "h", "h"],
];
const LEFT = FLOWS.map(([corners]) => leftOf(corners));
const BOXES = { f: 80, i: 148, g: 216, o: 284 };
const NAMES = { f: "forget gate f", i: "input gate i", g: "candidate g", o: "output gate o", c: "memory c", h: "output h" };
const [BOX_TOP, BOX_HEIGHT, BOX_WIDTH] = [142, 42, 56];
const [FEED, LOOP, HEIGHT] = [204, 222, 244];
// Heads of arrows: where their point is, and where to
const HEADS = [[69, 34, 1, 0], [179, 34, 1, 0], [412, 34, 1, 0], [412, 114, 1, 0], [80, 45, 0, -1], [190, 45, 0, -1], [148, 111, 0, -1],
  [307, 114, 1, 0], [24, FEED + 1, 0, -1], [52, FEED + 1, 0, -1]];

// Up to 1 a line grows with its value, beyond that with each doubling of it.
const weight = (value) => 0.6 + 6 * (Math.abs(value) <= 1 ? Math.abs(value) : 1 + 0.4 * Math.log2(Math.abs(value)));

// `pick(name)` hears which part was pressed: f, i, g, o, c or h.
export function diagram(pick, signal) {
  const lines = FLOWS.map(([, , tone]) => svg("polygon", { class: `lx-flow lx-${tone}` }));
  const fills = {};
  const values = {};
  const parts = {};
  const part = (name, ...children) => {
    parts[name] = svg("g", { role: "button", "aria-label": NAMES[name], "aria-pressed": "false", class: `lx-pressed lx-${name}` }, ...children);
    parts[name].addEventListener("click", () => pick(name), { signal });
    parts[name].addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick(name);
    }, { signal });
    return parts[name];
  };
  const boxes = Object.entries(BOXES).map(([name, x]) => {
    fills[name] = svg("polygon", { class: `lx-fill lx-${name}` });
    values[name] = live(svg("text", { class: "lx-value", x, y: BOX_TOP + 36, "text-anchor": "middle" }));
    return part(
      name,
      fills[name],
      svg("rect", { class: `lx-box lx-${name}`, x: x - BOX_WIDTH / 2, y: BOX_TOP, width: BOX_WIDTH, height: BOX_HEIGHT }),
      svg("text", { class: "lx-sign", x, y: BOX_TOP + 17, "text-anchor": "middle" }, name === "g" ? "g tanh" : `${name} σ`),
      values[name].element,
      svg("path", { class: "lx-feed", d: `M${x} ${FEED}V${BOX_TOP + BOX_HEIGHT}` }),
    );
  });
  const node = (x, y, sign) => [
    svg("circle", { class: "lx-node", cx: x, cy: y, r: 10 }),
    svg("text", { class: "lx-sign", x, y: y + 5, "text-anchor": "middle" }, sign),
  ];
  const text = (x, y, anchor) => live(svg("text", { x, y, "text-anchor": anchor }));
  const ends = {
    c_prev: text(8, 20, "start"), c: text(412, 20, "end"), h: text(412, 102, "end"),
    h_prev: text(60, FEED + 14, "start"), x: text(60, HEIGHT - 4, "start"),
  };
  const states = ["c", "h"].map((name) => part(
    name, svg("rect", { class: "lx-reach", x: 346, y: name === "c" ? 6 : 88, width: 72, height: 40 }), ends[name].element));
  const element = svg(
    "svg", { class: "lx-diagram", viewBox: `0 0 420 ${HEIGHT}`, role: "group", "aria-label": "Diagram of the cell at this step", "data-part": "diagram" },
    ...lines, svg("path", { class: "lx-feed", d: `M8 ${FEED}H284M52 ${HEIGHT}V${FEED}` }),
    svg("path", { class: "lx-feed lx-loop", d: `M392 114V${LOOP}H24V${FEED}` }),
    svg("path", { class: "lx-arrow", d: pointsOf(HEADS) }),
    ...boxes, ...states,
    svg("rect", { class: "lx-node", x: 296, y: 58, width: 44, height: 26, rx: 13 }), svg("text", { x: 318, y: 75, "text-anchor": "middle" }, "tanh"),
    ...node(80, 34, "×"), ...node(190, 34, "+"), ...node(148, 100, "×"), ...node(318, 114, "×"),
    svg("text", { x: 384, y: LOOP - 5, "text-anchor": "end" }, "next step"),
    ...["c_prev", "h_prev", "x"].map((name) => ends[name].element),
  );
  oneStop(element, signal, '[role="button"]');

  function drawFlows(row) {
    const flow = { ...row, kept: row.f * row.c_prev, added: row.i * row.g, tanh_c: Math.tanh(row.c) };
    FLOWS.forEach(([corners, name, tone], k) => {
      put(lines[k], {
        points: outline(corners, LEFT[k], weight(flow[name])),
        class: `lx-flow lx-${tone}${flow[name] < 0 ? " lx-hollow" : ""}`,
      });
    });
  }

  function drawBoxes(row) {
    for (const [name, x] of Object.entries(BOXES)) {
      // A gate fills from the bottom; the candidate from the middle, up or down.
      const [zero, unit] = name === "g" ? [BOX_HEIGHT / 2, BOX_HEIGHT / 2] : [BOX_HEIGHT, BOX_HEIGHT];
      const [low, high] = [0, row[name]].map((value) => tenth(BOX_TOP + zero - unit * value));
      const [left, right] = [x - BOX_WIDTH / 2, x + BOX_WIDTH / 2];
      put(fills[name], { points: `${left},${low} ${right},${low} ${right},${high} ${left},${high}` });
      values[name].write(number(row[name]));
    }
    ends.c_prev.write(`cₜ₋₁ = ${number(row.c_prev)}`);
    ends.c.write(`cₜ = ${number(row.c)}`);
    ends.h.write(`hₜ = ${number(row.h)}`);
    ends.h_prev.write(`hₜ₋₁ = ${number(row.h_prev)}`);
    ends.x.write(`xₜ = ${number(row.x)}`);
  }
  const choose = (name) => Object.entries(parts).forEach(([one, { ariaPressed }]) => {
    if (ariaPressed !== String(one === name)) parts[one].setAttribute("aria-pressed", one === name);
  });
  return { element, drawFlows, drawBoxes, choose };
}

// A plain RNN of one unit: its input, what it says, and the way back of that.
const LOOP_FLOWS = [
  [[[8, 62], [138, 62]], "x", "x"],
  [[[282, 62], [404, 62]], "h", "h"],
  [[[210, 126], [210, 97]], "h_prev", "h"],
];
const LOOP_HEADS = [[148, 62, 1, 0], [412, 62, 1, 0], [210, 88, 0, -1]];
const [UNIT_TOP, UNIT_HEIGHT, UNIT_LEFT, UNIT_RIGHT] = [38, 48, 148, 282];

export function loop() {
  const lines = LOOP_FLOWS.map(([, , tone]) => svg("polygon", { class: `lx-flow lx-${tone}` }));
  const text = (x, y, anchor) => live(svg("text", { x, y, "text-anchor": anchor }));
  const fill = svg("polygon", { class: "lx-fill lx-h" });
  const ends = { x: text(8, 46, "start"), h: text(412, 46, "end"), h_prev: text(204, 146, "end") };
  const element = svg(
    "svg", {
      class: "lx-diagram", viewBox: "0 0 420 152", role: "img", "aria-label": "Diagram of the RNN at this step",
      "data-part": "diagram",
    },
    svg("path", { class: "lx-feed lx-loop", d: "M360 62V126H210" }), ...lines,
    svg("path", { class: "lx-arrow", d: pointsOf(LOOP_HEADS) }), fill,
    svg("rect", {
      class: "lx-box lx-h", x: UNIT_LEFT, y: UNIT_TOP, width: UNIT_RIGHT - UNIT_LEFT, height: UNIT_HEIGHT,
    }),
    svg("text", { class: "lx-sign", x: 215, y: 67, "text-anchor": "middle" }, "tanh"),
    svg("text", { x: 354, y: 120, "text-anchor": "end" }, "next step"), ...Object.values(ends).map((end) => end.element));
  return {
    element, choose() {},
    drawFlows(row) {
      LOOP_FLOWS.forEach(([corners, name, tone], k) => put(lines[k], {
        points: outline(corners, leftOf(corners), weight(row[name])),
        class: `lx-flow lx-${tone}${row[name] < 0 ? " lx-hollow" : ""}`,
      }));
    },
    drawBoxes(row) {
      const [low, high] = [0, row.h].map((value) => tenth(UNIT_TOP + UNIT_HEIGHT * (1 - value) / 2));
      const corners = [[UNIT_LEFT, low], [UNIT_RIGHT, low], [UNIT_RIGHT, high], [UNIT_LEFT, high]];
      put(fill, { points: corners.join(" ") });
      ends.x.write(`xₜ = ${number(row.x)}`);
      ends.h.write(`hₜ = ${number(row.h)}`);
      ends.h_prev.write(`hₜ₋₁ = ${number(row.h_prev)}`);
    },
  };
}

const pointsOf = (heads) => heads.map(([x, y, dx, dy]) =>
  `M${x} ${y}l${-8 * dx - 4 * dy} ${-8 * dy - 4 * dx}l${8 * dy} ${8 * dx}z`).join("");

// Where the outline of a line of straight pieces at right angles runs, from each corner, for each pixel of half its width
function leftOf(corners) {
  const sides = corners.slice(1).map(([x, y], k) => [Math.sign(y - corners[k][1]), Math.sign(corners[k][0] - x)]);
  return corners.map((_, k) => {
    const touching = new Set([sides[Math.max(0, k - 1)], sides[Math.min(k, sides.length - 1)]]);
    return [0, 1].map((j) => [...touching].reduce((sum, one) => sum + one[j], 0));
  });
}

// Out on the left of the line, back on its right
function outline(corners, left, width) {
  const along = (by) => corners.map(([x, y], k) => `${tenth(x + left[k][0] * by)},${tenth(y + left[k][1] * by)}`);
  return [...along(width / 2), ...along(-width / 2).reverse()].join(" ");
}
