// The words around an explorer: numbers in a sentence that set it, numbers that answer, questions before the answer is seen.
import { same } from "./limits.mjs";
import { button, html, keyStep, number, put } from "./parts.mjs";
import { meant } from "./stage.mjs";

const clean = (text) => text.trim().replace("\u2212", "-").replace(",", ".");

const after = (link) => [...document.querySelectorAll(".lx-after")].find(
  (block) => link.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING);

// All questions of a page at once, so that nothing moves under the reader's eyes: words that tell what the reader was asked
// to guess stay closed until one has looked, guessed, or asked for them.
function prepare() {
  for (const link of document.querySelectorAll("a[data-predict]:not([data-asked])")) {
    link.dataset.asked = "";
    const block = after(link);
    if (block && !block.dataset.closed) close(block, link);
    ask(link);
  }
}

// What opens them without a guess follows the link, too, so that words and picture say the same.
function close(block, link) {
  block.dataset.closed = "once";
  const open = () => {
    block.removeAttribute("hidden");
    press.remove();
  };
  const press = button("Show what happens", () => {
    open();
    link.click();
  });
  press.className = "lx-open";
  block.setAttribute("hidden", "until-found");
  block.before(press);
  for (const event of ["beforematch", "lx-open"]) block.addEventListener(event, open);
  addEventListener("beforeprint", open);
}

// <a href="#cell?…" data-predict="c@22">: a button beside it lets the reader say first where c will stand.
// data-predict="0.12|0.5|0.75": the first of the choices is the right one; they are shown in the order of their size.
function ask(link) {
  const said = html("span", { class: "lx-said-first", role: "status" });
  const tell = (text) => { said.textContent = text; };
  if (link.dataset.predict.includes("@")) {
    const press = button("place your guess", () => link.dispatchEvent(new CustomEvent("lx-wager", { detail: tell })));
    press.className = "lx-wager";
    link.after(html("span", { class: "lx-asked" }, " or ", press), said);
    return;
  }
  const [right, ...wrong] = link.dataset.predict.split("|");
  const offered = [right, ...wrong].toSorted((a, b) => parseFloat(clean(a)) - parseFloat(clean(b)) || a.localeCompare(b));
  const presses = offered.map((text) => button(text, () => {
    for (const one of presses) one.setAttribute("aria-pressed", one.textContent === text);
    tell(text === right ? " ✓" : ` ✗ It is ${right}`);
    link.click();
  }));
  const group = html("span", { class: "lx-asks", role: "group", "aria-label": "Your guess" }, ...presses);
  link.after(html("span", { class: "lx-asked" }, " My guess: ", group), said);
}

// `read(query)` is the state that a link means, `answer(name, step)` a number of the picture, `guess` lets the reader place one.
// Gives what writes the answers anew, and what opens the words behind a link that was followed.
export function prose({
  kind, root, state, initial, limits, read, change, rest, act, answer, guess, signal,
}) {
  const mine = (selector) => [...document.querySelectorAll(selector)].filter((one) =>
    !one.closest("[data-explorer]") && meant(one, kind) === root);
  const counted = Object.keys(limits).filter((name) => !limits[name].fixed && !limits[name].look);
  let numbers = [];
  let answers = [];

  // The numbers of a sentence speak of what the link before it sets, with the values that it prints itself. They
  // say what is printed until the explorer stands so; then they follow, as long as only those values are moved.
  let links = [];
  let sentences = [];
  function sentenceOf(span) {
    const block = span.closest("p, li, dd, td");
    const link = links.findLast((one) => one.compareDocumentPosition(span) & Node.DOCUMENT_POSITION_FOLLOWING);
    let found = sentences.find((one) => one.block === block && one.link === link);
    if (!found) {
      const there = (link && read(link.getAttribute("href").split("?")[1])) ?? initial;
      sentences.push((found = { block, link, there: { ...there }, own: new Set(), on: false }));
    }
    return found;
  }
  function judge(sentence, whole) {
    const free = (name) => sentence.on && !whole && sentence.own.has(name);
    sentence.on = counted.every((name) => free(name) || same(state[name], sentence.there[name]));
  }

  // <span data-number="b_f" data-kind="cell">6.0</span>: dragged, moved by the arrows, or typed
  function numberOf(span) {
    const name = span.dataset.number;
    const { low, high } = limits[name];
    const digits = (clean(span.textContent).split(".")[1] ?? "").length;
    const sentence = sentenceOf(span);
    sentence.own.add(name);
    sentence.there[name] = Number(clean(span.textContent));
    const now = () => (sentence.on ? state : sentence.there)[name];
    const input = html("input", {
      class: "lx-number", type: "text", inputmode: "decimal", role: "spinbutton", autocomplete: "off", "aria-label": name, title: "drag, arrow keys or type",
      "aria-valuemin": low, "aria-valuemax": high,
    });
    let moving; // by itself: then it says so, though it has the focus
    const set = (value) => {
      const others = sentence.on ? {} : sentence.there;
      sentence.on = moving = true;
      change({ ...others, [name]: Math.min(high, Math.max(low, Math.round(value * 100) / 100)), preset: "" });
      moving = false;
      act(input, [name]);
    };
    const typed = () => {
      const value = clean(input.value) ? Number(clean(input.value)) : NaN;
      const fits = value >= low && value <= high;
      put(input, { "aria-invalid": !fits });
      if (fits && value !== now()) set(value);
    };
    input.addEventListener("change", typed, { signal });
    input.addEventListener("focus", rest, { signal });
    input.addEventListener("keydown", (event) => {
      const text = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key); // move in what is typed
      const value = text || event.ctrlKey || event.metaKey ? null : keyStep(event, now(), { min: low, max: high });
      if (value === null) return;
      event.preventDefault();
      set(value);
    }, { signal });
    let from;
    input.addEventListener("pointerdown", ({ clientX, pointerId, button: which }) => {
      if (which) return;
      rest(); // a move of its own
      from = { x: clientX, value: now(), dragged: false };
      input.setPointerCapture(pointerId);
    }, { signal });
    input.addEventListener("pointermove", ({ clientX }) => {
      if (!from || (!from.dragged && Math.abs(clientX - from.x) < 4)) return;
      from.dragged = true;
      set(Math.round((from.value + (clientX - from.x) * 0.05) * 10) / 10);
    }, { signal });
    for (const end of ["pointerup", "pointercancel"]) input.addEventListener(end, () => { from = undefined; }, { signal });
    span.replaceChildren(input);
    return () => {
      const value = now();
      const text = number(value, Math.max(digits, Math.abs(value * 10 - Math.round(value * 10)) < 1e-9 ? 0 : 2));
      if (moving || document.activeElement !== input) input.value = text;
      put(input, { "aria-valuenow": value, "aria-valuetext": text, "aria-invalid": false, style: `width:${text.length + 1}ch` });
    };
  }

  // <span data-answer="c@12" data-kind="cell">0.04</span>, or a share: "c@22/c@2" of 12 %
  function answerOf(span) {
    const first = span.textContent;
    const sentence = sentenceOf(span);
    const share = first.endsWith("%");
    const digits = (clean(first.replace("%", "")).split(".")[1] ?? "").length;
    const [above, below] = span.dataset.answer.split("/").map((one) => one.split("@"));
    const read = ([name, step]) => answer(name, Number(step));
    return () => {
      if (!sentence.on) {
        if (span.textContent !== first) span.textContent = first;
        return;
      }
      const value = read(above) / (below ? read(below) : 1);
      span.textContent = Number.isFinite(value) ? `${number(share ? 100 * value : value, digits)}${share ? " %" : ""}` : "–";
    };
  }

  // Whoever has seen it is not asked any more.
  function followed(link) {
    if (!link?.dataset.predict) return;
    after(link)?.dispatchEvent(new Event("lx-open"));
    const asked = link.nextElementSibling;
    if (asked?.matches(".lx-asked:not(:has([aria-pressed='true']))")) asked.hidden = true;
  }

  // The reader places a dot in the picture first.
  function wagered(link) {
    link.addEventListener("lx-wager", ({ detail: told }) => {
      act(link, []);
      guess(read(link.getAttribute("href").split("?")[1]), link.dataset.predict.split("@"), (placed, found) => {
        link.click();
        told(` (${placed === undefined ? "" : `you said ${number(placed)}; `}it is ${number(found)})`);
      });
    }, { signal });
  }

  function bind() {
    links = mine(`a[href^="#${kind}?"]`);
    numbers = mine(`[data-number][data-kind="${kind}"]`).map(numberOf);
    answers = mine(`[data-answer][data-kind="${kind}"]`).map(answerOf);
    prepare();
    mine(`a[data-predict][href^="#${kind}?"]`).forEach(wagered);
    update(true);
  }
  // `whole`: all was set at once, by no hand on one value
  const update = (whole) => {
    for (const one of sentences) judge(one, whole);
    for (const write of numbers) write();
    for (const write of answers) write();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", bind, { once: true, signal });
  else bind();
  return { update, followed };
}
