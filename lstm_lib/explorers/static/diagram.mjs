// The cell as a drawing: every line as heavy as what flows through it, every layer filled to its value.
import { live, number, put, svg, tenth } from "./parts.mjs";

// Lines: their corners, the value that sets their weight, the colour they share.
const FLOWS = [
  [[[8, 34], [70, 34]], "c_prev", "c"],
  [[[90, 34], [180, 34]], "kept", "c"],
  [[[200, 34], [412, 34]], "c", "c"],
  [[[80, 150], [80, 45]], "f", "f"],
  [[[148, 150], [148, 110]], "i", "i"],
  [[[216, 150], [216, 100], [158, 100]], "g", "g"],
  [[[148, 90], [148, 64], [190, 64], [190, 45]], "added", "c"],
  [[[318, 34], [318, 58]], "c", "c"],
  [[[318, 84], [318, 104]], "tanh_c", "c"],
  [[[284, 150], [284, 114], [307, 114]], "o", "o"],
  [[[329, 114], [412, 114]], "h", "h"],
];
const LEFT = FLOWS.map(([corners]) => leftOf(corners));
const BOXES = { f: 80, i: 148, g: 216, o: 284 };
const [BOX_TOP, BOX_HEIGHT, BOX_WIDTH] = [150, 42, 56];

export function diagram() {
  const lines = FLOWS.map(([, , tone]) => svg("polygon", { class: `lx-flow lx-${tone}` }));
  const fills = {};
  const values = {};
  const boxes = Object.entries(BOXES).flatMap(([name, x]) => {
    fills[name] = svg("polygon", { class: `lx-fill lx-${name}` });
    values[name] = live(svg("text", { class: "lx-value", x, y: BOX_TOP + 36, "text-anchor": "middle" }));
    return [
      fills[name],
      svg("rect", { class: `lx-box lx-${name}`, x: x - BOX_WIDTH / 2, y: BOX_TOP, width: BOX_WIDTH, height: BOX_HEIGHT }),
      svg("text", { class: "lx-sign", x, y: BOX_TOP + 17, "text-anchor": "middle" }, name === "g" ? "g tanh" : `${name} σ`),
      values[name].element,
      svg("path", { class: "lx-feed", d: `M${x} 212V${BOX_TOP + BOX_HEIGHT}` }),
    ];
  });
  const node = (x, y, sign) => [
    svg("circle", { class: "lx-node", cx: x, cy: y, r: 10 }),
    svg("text", { class: "lx-sign", x, y: y + 5, "text-anchor": "middle" }, sign),
  ];
  const label = (x, y, text, anchor = "start") => svg("text", { x, y, "text-anchor": anchor }, text);
  const ends = Object.fromEntries([["c_prev", 8, 22, "start"], ["c", 412, 22, "end"], ["h", 412, 104, "end"]].map(
    ([name, x, y, anchor]) => [name, live(svg("text", { x, y, "text-anchor": anchor }))]));
  const element = svg(
    "svg", { class: "lx-diagram", viewBox: "0 0 420 236", role: "img", "aria-label": "Diagram of the cell at this step" },
    ...lines, svg("path", { class: "lx-feed", d: "M8 212H284" }), ...boxes,
    svg("rect", { class: "lx-node", x: 296, y: 58, width: 44, height: 26, rx: 13 }), label(318, 75, "tanh", "middle"),
    ...node(80, 34, "×"), ...node(190, 34, "+"), ...node(148, 100, "×"), ...node(318, 114, "×"),
    label(8, 230, "xₜ and hₜ₋₁ feed all four layers"), ...Object.values(ends).map(({ element: text }) => text),
  );

  function update(row) {
    const flow = { ...row, kept: row.f * row.c_prev, added: row.i * row.g, tanh_c: Math.tanh(row.c) };
    FLOWS.forEach(([corners, name], k) => {
      put(lines[k], { points: outline(corners, LEFT[k], 0.6 + 6 * Math.min(1, Math.abs(flow[name]))) });
    });
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
  }
  return { element, update };
}

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
