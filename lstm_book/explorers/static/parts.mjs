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

// To write what stands there already would cost the browser style, layout and paint; to ask it, a copy of the text.
export function put(element, values) {
  const there = (element.lxPut ??= {});
  for (const name in values) {
    const text = String(values[name]);
    if (there[name] !== text) element.setAttribute(name, (there[name] = text));
  }
}

// Text that changes.
export function live(element) {
  const node = document.createTextNode("");
  element.append(node);
  const write = (text) => { if (node.data !== text) node.data = text; };
  return { element, write };
}

// What changes in a box of fixed size (explorer.css): only the box is laid out anew. It lies in a span of its own,
// for the items of a flexbox or a grid are laid out with all the others.
export function boxed(name) {
  const { element, write } = live(html("span", { class: "lx-live" }));
  return { element: html("span", { class: name }, element), write };
}

// The same for a range input, whose thumb moves. A finger may have come to scroll the page: until it moves along the
// track, or is lifted where it was, the thumb stays.
export function track(input) {
  const element = html("span", { class: "lx-track" }, input);
  let from, before, wanted; // of a finger that has not shown what it wants
  element.addEventListener("pointerdown", ({ pointerType, clientX, clientY }) => {
    if (pointerType === "mouse") return;
    from = [clientX, clientY];
    before = wanted = input.value;
  });
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    const [x, y] = from ?? [clientX, clientY];
    if (Math.abs(clientX - x) > Math.max(STILL, Math.abs(clientY - y))) from = undefined;
  });
  element.addEventListener("pointercancel", () => { from = undefined; });
  element.addEventListener("pointerup", () => {
    const tapped = from && wanted !== before;
    from = undefined;
    if (!tapped) return;
    input.value = wanted;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const name of ["input", "change"]) element.addEventListener(name, (event) => {
    if (!from) return;
    event.stopPropagation();
    wanted = input.value;
    input.value = before;
  }, { capture: true });
  return element;
}

// Texts of which one shows, in a box as large as the largest of them, so that nothing moves below it.
export function oneOf(element, texts) {
  const spans = texts.map((text) => html("span", {}, text));
  element.classList.add("lx-one-of");
  element.append(...spans);
  return (k) => spans.forEach((span, j) => put(span, { class: j === k ? "" : "lx-hidden" }));
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
  if (text[0] !== "-") return text;
  return Number(text) === 0 ? text.slice(1) : `\u2212${text.slice(1)}`;
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

export const DRAG = matchMedia("(pointer: coarse)").matches ? "tap one, then drag it" : "drag a bar";
const STILL = 4; // pixels: who moves less has pressed, not dragged

// Dragging `target` up or down changes it; pressing it does not (see onPick). A finger drags it once a tap has given
// it the focus; before that, it scrolls the page. Chromium heeds no touch-action on a part of an SVG and would scroll
// the page and cancel the drag, so the touch itself is taken.
export function onDrag(target, drag, signal) {
  let from; // where the pointer that holds it went down, Infinity once it drags
  const chosen = () => document.activeElement === target;
  target.addEventListener("pointerdown", ({ button: which, isPrimary, pointerType, pointerId, clientY }) => {
    if (which || !isPrimary || (pointerType !== "mouse" && !chosen())) return;
    target.setPointerCapture(pointerId);
    from = clientY;
  }, { signal });
  target.addEventListener("pointermove", (event) => {
    if (from === undefined || Math.abs(event.clientY - from) < STILL) return;
    from = Infinity;
    drag(event);
  }, { signal });
  for (const end of ["pointerup", "pointercancel"]) target.addEventListener(end, () => { from = undefined; }, { signal });
  target.addEventListener("touchstart", (event) => chosen() && event.preventDefault(), { signal, passive: false });
}

// Pressing a picture looks at what lies there: `pick` hears how far from its left edge, and what was pressed.
export function onPick(picture, pick, signal) {
  let from;
  picture.addEventListener("pointerdown", ({ clientX, clientY }) => { from = [clientX, clientY]; }, { signal });
  picture.addEventListener("click", ({ clientX, clientY, target }) => {
    const [x, y] = from ?? [clientX, clientY];
    from = undefined;
    if (Math.hypot(clientX - x, clientY - y) >= STILL) return;
    if (target.matches('[role="slider"]')) target.focus({ preventScroll: true });
    pick(clientX - picture.getBoundingClientRect().left, target);
  }, { signal });
}

// The place of `x` in `count` columns from `left` to `right`, from 0
export const columnAt = (x, left, right, count) => clamp(Math.floor(count * (x - left) / (right - left)), 0, count - 1);

// A group of which one element is a stop of the Tab key; the arrows lead to the others.
export function oneStop(group, signal, items = "button") {
  const all = () => [...group.querySelectorAll(items)];
  const choose = (one) => all().forEach((other) => put(other, { tabindex: other === one ? 0 : -1 }));
  group.addEventListener("focusin", ({ target }) => target.matches(items) && choose(target), { signal });
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const there = all().filter((one) => !one.hidden);
    const k = there.indexOf(event.target);
    if (!by || k < 0) return;
    event.preventDefault();
    there.at((k + by) % there.length).focus();
  }, { signal });
  choose(all()[0]);
  return group;
}

// A part of an explorer: "head" says, "view" shows, "hand" moves, "rest" holds what is needed less often. What is not there is left out.
export const region = (name, ...children) => html("div", { class: `lx-${name}` }, ...children.filter(Boolean));

// An explorer's root. Its keys are its own: in a notebook, "d" twice would delete the cell. Chords with Ctrl or Cmd go
// on to the page, and Tab and Escape, which lead out.
export function explorer(kind, signal, ...children) {
  const root = html("div", { class: "lx", "data-explorer": kind }, ...children);
  for (const name of ["keydown", "keypress", "keyup"]) root.addEventListener(name, (event) => {
    if (!event.ctrlKey && !event.metaKey && event.key !== "Tab" && event.key !== "Escape") event.stopPropagation();
  }, { signal });
  signal.addEventListener("abort", () => root.remove());
  return root;
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
  const output = boxed("lx-value lx-fixed");
  const element = html(
    "div", { class: "lx-slider", "data-part": name },
    html("label", {}, html("span", { class: "lx-name" }, text ?? symbol(name), " ", output.element), track(input)),
  );
  let current;
  const set = (value) => {
    if (value === current) return;
    current = value;
    if (input.valueAsNumber !== value) input.value = value;
    const shown = number(value, Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? 2 : 4);
    output.write(shown);
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

// Every number that the picture draws, one row (an array) a time step, exact in data-value. The text, which takes the browser
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
  const cells = [];
  const values = [];
  const write = () => cells.forEach((row, k) => row.forEach((cell, j) => {
    const value = values[k][j];
    cell.textContent = typeof value !== "number" || j === 0 ? value : number(value, 4);
  }));
  const update = (rows) => {
    while (cells.length > rows.length) {
      body.deleteRow(-1);
      cells.pop();
      values.pop();
    }
    while (cells.length < rows.length) {
      const row = columns.map(() => html("td"));
      body.append(html("tr", {}, ...row));
      cells.push(row);
      values.push([]);
    }
    for (let k = 0; k < rows.length; k++) {
      for (let j = 0; j < columns.length; j++) {
        const value = rows[k][j];
        if (values[k][j] === value) continue;
        values[k][j] = value;
        cells[k][j].setAttribute("data-value", value);
      }
    }
    if (element.open) write();
  };
  element.addEventListener("toggle", () => element.open && write());
  return { element, update };
}

// Calls the last of what it was asked to, once nobody has asked for `wait` milliseconds. One timer runs on, since to set a
// new one at every move costs the browser more than the rest of this.
export function later(wait, signal) {
  let timer, last, due;
  const ring = () => {
    const left = due - performance.now();
    timer = left > 1 ? setTimeout(ring, left) : undefined;
    if (!timer) last();
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (act) => {
    last = act;
    due = performance.now() + wait;
    timer ??= setTimeout(ring, wait);
  };
}

// One sentence for a screen reader, once the moving has paused.
export function spoken(signal) {
  const element = html("p", { class: "lx-spoken", role: "status" });
  const paused = later(600, signal);
  return { element, say: (sentence) => paused(() => { element.textContent = sentence(); }) };
}

// While a reader holds a thumb or a bar, what cannot be seen, folded or beyond the window, waits until the hand rests
// or lets go. What can be seen is written in turn, one thing a move and nothing twice in a row, for nobody reads every
// number of a moving picture. `see(element, write)` writes into `element` so, and at once at any other time; `turn` ends
// a move.
export function attention(signal) {
  const waiting = new Map();
  const rests = later(150, signal);
  let seen; // while a thumb is held: whether an element can be seen
  let last; // what was written at the last move
  const writeAll = () => {
    for (const write of waiting.values()) write();
    waiting.clear();
  };
  const holding = (root) => {
    root.addEventListener("pointerdown", ({ target }) => {
      if (target.matches('input[type="range"], [role="slider"]')) seen = new Map();
    }, { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => {
        seen = undefined;
        writeAll();
      }, { signal });
    }
  };
  function see(element, write) {
    if (seen && !seen.has(element)) {
      const { top, bottom } = element.getBoundingClientRect();
      seen.set(element, element.open !== false && bottom > 0 && top < innerHeight);
    }
    if (!seen) {
      waiting.delete(element);
      return write();
    }
    waiting.set(element, write); // which keeps its turn
    rests(writeAll);
  }
  function turn() {
    last = [...waiting.keys()].find((element) => seen?.get(element) && element !== last);
    waiting.get(last)?.();
    waiting.delete(last);
  }
  return { holding, see, turn };
}

// A value axis from low to high over `height` pixels, drawn at `top`.
export function scale(low, high, top, height) {
  return (value) => top + height * (high - value) / (high - low);
}

// What moves is drawn by the `points` of polylines and polygons: a path's `d` and a rectangle's `height` are styles,
// which the browser works out anew for the page.
export function points(places, ys) {
  let text = "";
  for (let k = 0; k < places.length; k++) text += places[k] + tenth(ys[k]);
  return text;
}

// The xs of `points`, which stay: a number takes long to become text.
export const placesOf = (xs) => xs.map((x) => ` ${x},`);

// A coordinate to a tenth of a pixel
export const tenth = (value) => Math.round(10 * value) / 10;

// Small marks, so that lines differ by more than colour. Their corners are in tenths of a pixel (the polygon's
// transform), for whole numbers are written faster.
const MARKS = {
  disc: [[-35, 0], [-25, -25], [0, -35], [25, -25], [35, 0], [25, 25], [0, 35], [-25, 25]],
  square: [[-32, -32], [32, -32], [32, 32], [-32, 32]],
  triangle: [[0, -45], [43, 30], [-43, 30]],
  cross: [
    [0, -11], [25, -36], [36, -25], [11, 0], [36, 25], [25, 36], [0, 11], [-25, 36], [-36, 25], [-11, 0], [-36, -25], [-25, -36],
  ],
};

// One polygon: round every mark, and back the way it came, so that nothing is filled between them.
export function marks(shape, xs, ys) {
  const corners = [...MARKS[shape], MARKS[shape][0]];
  let there = "";
  let back = "";
  for (let k = 0; k < xs.length; k++) {
    const [x, y] = [Math.round(10 * xs[k]), Math.round(10 * ys[k])];
    for (const [dx, dy] of corners) there += `${x + dx},${y + dy} `;
    back = `${x + corners[0][0]},${y + corners[0][1]} ${back}`;
  }
  return there + back;
}

// A line and its marks, the same in every picture
export function series(tone) {
  return {
    line: svg("polyline", { class: `lx-line lx-${tone}` }),
    dots: svg("polygon", { class: `lx-dots lx-${tone}`, transform: "scale(.1)" }),
  };
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

// Lines that were set anew all at once glide there, so that the eye can follow; not for readers who want no motion.
const STILLNESS = matchMedia("(prefers-reduced-motion: reduce)");
export function glide(signal) {
  const LASTS = 350; // ms
  let frame;
  const stop = () => cancelAnimationFrame(frame);
  signal.addEventListener("abort", stop);
  // `draw` takes heights by name
  return (from, to, draw) => {
    stop();
    const alike = from && Object.keys(to).every((name) => from[name]?.length === to[name].length);
    if (!alike || STILLNESS.matches) return draw(to);
    const start = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - start) / LASTS));
      const eased = part * part * (3 - 2 * part);
      draw(part === 1 ? to : Object.fromEntries(
        Object.entries(to).map(([name, ys]) => [name, ys.map((y, k) => from[name][k] + eased * (y - from[name][k]))])));
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  };
}
