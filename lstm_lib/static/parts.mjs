// What every explorer is made of: elements, sliders, the "Numbers" table, a spoken summary.

export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// "w_f" as w with a lowered f, "h_{t−1}" as h with a lowered t−1
export function symbol(name) {
  const [letter, index] = name.replace(/[{}]/g, "").split("_");
  return html("var", {}, letter, ...(index ? [html("sub", {}, index)] : []));
}

// Text whose `backquoted` parts are symbols
export function rich(text) {
  return text.split("`").map((part, k) => (k % 2 ? symbol(part) : part));
}

// A minus sign instead of a hyphen, so that columns of numbers line up and read well.
export function number(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// What an arrow key asks of a value; null for other keys. Shift makes the small step.
export function keyStep(event, value, { min, max, big = 1, step = 0.1, small = 0.01 }) {
  const fine = event.shiftKey ? small : step;
  const moves = {
    ArrowRight: fine, ArrowUp: fine, ArrowLeft: -fine, ArrowDown: -fine, PageUp: big, PageDown: -big,
  };
  if (event.key === "Home") return min;
  if (event.key === "End") return max;
  if (!(event.key in moves)) return null;
  return clamp(Math.round((value + moves[event.key]) / small) * small, min, max);
}

export function button(label, press, signal) {
  const element = html("button", { type: "button" }, label);
  element.addEventListener("click", press, { signal });
  return element;
}

// Tell `draw` the width of an element, now and whenever it changes: pictures are drawn at one pixel a unit,
// so that their text stays readable on a phone.
export function onWidth(element, draw, signal) {
  let width;
  const measure = () => {
    const now = Math.max(250, Math.floor(element.clientWidth));
    if (now !== width) draw((width = now));
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
  measure();
}

// A labelled range input (its value not in an <output>: a screen reader would speak each one at every change). `change(value)` hears of every move; `set(value)` shows one from elsewhere.
export function slider({ name, label, text, min, max, initial, change, signal }) {
  const input = html("input", { type: "range", name, min, max, step: 0.01, "aria-label": label });
  const output = html("span", { class: "lx-value" });
  const element = html(
    "div", { class: "lx-slider" },
    html("label", {}, html("span", { class: "lx-name" }, text ?? symbol(name), " ", output), input),
  );
  let current;
  const set = (value) => {
    if (value === current) return; // to write the same value again would cost the browser a layout
    current = value;
    input.value = value;
    const shown = number(value, Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? 2 : 4);
    output.textContent = shown;
    input.setAttribute("aria-valuetext", shown);
  };
  const move = (value) => {
    const exact = Number(value.toFixed(10));
    set(exact);
    if (input.valueAsNumber !== exact) input.value = exact;
    change(exact);
  };
  input.addEventListener("input", () => move(input.valueAsNumber), { signal });
  input.addEventListener("dblclick", () => move(initial), { signal });
  input.addEventListener("keydown", (event) => {
    const value = event.ctrlKey || event.metaKey || event.altKey ? null : keyStep(event, current, { min, max });
    if (value === null) return;
    event.preventDefault();
    move(value);
  }, { signal });
  set(initial);
  return { element, input, set };
}

// Every number that the picture draws, one row a time step, exact in data-value. The text, which takes the browser
// longer, is written only while it can be seen.
export function numbersTable(columns) {
  const body = html("tbody");
  const table = html(
    "table", {},
    html("thead", {}, html("tr", {}, ...columns.map((name) => html("th", { scope: "col" }, name)))),
    body,
  );
  const box = html("div", { class: "lx-scroll", tabindex: 0, role: "group", "aria-label": "Table of numbers" }, table);
  const element = html("details", { class: "lx-numbers" }, html("summary", {}, "Numbers"), box);
  let rows = [];
  const write = () => rows.forEach((row, k) => columns.forEach((name, j) => {
    const value = row[name];
    body.rows[k].cells[j].textContent = typeof value !== "number" || name === columns[0] ? value : number(value, 4);
  }));
  const update = (now) => {
    rows = now;
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach((row, k) => {
      const tr = body.rows[k] ?? body.appendChild(html("tr", {}, ...columns.map(() => html("td"))));
      const { cells } = tr;
      columns.forEach((name, j) => cells[j].setAttribute("data-value", row[name]));
    });
    if (element.open) write();
  };
  element.addEventListener("toggle", () => element.open && write());
  return { element, update };
}

// One sentence for a screen reader, once the moving has paused.
export function spoken(signal) {
  const element = html("p", { class: "lx-spoken", role: "status" });
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => { element.textContent = text; }, 600);
  };
  return { element, say };
}

// A value axis from low to high over `height` pixels, drawn at `top`.
export function scale(low, high, top, height) {
  return (value) => top + height * (high - value) / (high - low);
}

export function path(points) {
  return points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

// Small marks, so that lines differ by more than colour: disc, square, triangle, cross.
const MARKS = {
  disc: (x, y) => `M${x - 3} ${y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0`,
  square: (x, y) => `M${x - 2.7} ${y - 2.7}h5.4v5.4h-5.4z`,
  triangle: (x, y) => `M${x} ${y - 3.6}l3.4 6h-6.8z`,
  cross: (x, y) => `M${x - 3} ${y - 3}l6 6m-6 0l6-6`,
};

export function marks(shape, points) {
  return points.map(([x, y]) => MARKS[shape](Number(x.toFixed(1)), Number(y.toFixed(1)))).join("");
}

// Label heights at least `gap` apart, in the order of the values they name.
export function spread(heights, gap, low, high) {
  const order = heights.map((y, k) => [y, k]).sort((a, b) => a[0] - b[0]);
  let floor = low;
  for (const entry of order) {
    entry[0] = Math.max(entry[0], floor);
    floor = entry[0] + gap;
  }
  let ceiling = high;
  for (const entry of order.reverse()) {
    entry[0] = Math.min(entry[0], ceiling);
    ceiling = entry[0] - gap;
  }
  const placed = [];
  for (const [y, k] of order) placed[k] = y;
  return placed;
}
