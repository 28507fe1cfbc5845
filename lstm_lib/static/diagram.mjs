// The cell as a drawing: every line as heavy as what flows through it, every layer filled to its value.
import { live, number, put, svg, tenth } from "./parts.mjs";

// Lines: from where to where, the value that sets their weight, the colour they share.
const FLOWS = [
  ["M8 34H70", "c_prev", "c"],
  ["M90 34H180", "kept", "c"],
  ["M200 34H412", "c", "c"],
  ["M80 150V45", "f", "f"],
  ["M148 150V110", "i", "i"],
  ["M216 150V100H158", "g", "g"],
  ["M148 90V64H190V45", "added", "c"],
  ["M318 34V58", "c", "c"],
  ["M318 84V104", "tanh_c", "c"],
  ["M284 150V114H307", "o", "o"],
  ["M329 114H412", "h", "h"],
];
const BOXES = { f: 80, i: 148, g: 216, o: 284 };
const [BOX_TOP, BOX_HEIGHT, BOX_WIDTH] = [150, 42, 56];

export function diagram() {
  const lines = FLOWS.map(([d, , tone]) => svg("path", { d, class: `lx-flow lx-${tone}` }));
  const fills = {};
  const values = {};
  const boxes = Object.entries(BOXES).flatMap(([name, x]) => {
    fills[name] = svg("rect", { class: `lx-fill lx-${name}`, x: x - BOX_WIDTH / 2, width: BOX_WIDTH });
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
    FLOWS.forEach(([, name], k) => {
      put(lines[k], { "stroke-width": tenth(0.6 + 6 * Math.min(1, Math.abs(flow[name]))) });
    });
    for (const name of Object.keys(BOXES)) {
      // A gate fills from the bottom; the candidate from the middle, up or down.
      const [zero, unit] = name === "g" ? [BOX_HEIGHT / 2, BOX_HEIGHT / 2] : [BOX_HEIGHT, BOX_HEIGHT];
      const top = zero - unit * Math.max(0, row[name]);
      put(fills[name], { y: tenth(BOX_TOP + top), height: tenth(unit * Math.abs(row[name])) });
      values[name].write(number(row[name]));
    }
    ends.c_prev.write(`cₜ₋₁ = ${number(row.c_prev)}`);
    ends.c.write(`cₜ = ${number(row.c)}`);
    ends.h.write(`hₜ = ${number(row.h)}`);
  }
  return { element, update };
}
