// The "sentence" explorer: a trained word model reads; every gate of every unit over the words; the reader's hands on
// the gates; what the model expects next.
import { gateHands, heatMap, unitColumns } from "./hands.mjs";
import { limitsOf, networkTrace, softmax, withHandsOff } from "./network.mjs";
import { boxed, button, explorer, html, live, number, numbersTable, onWidth, put, region, spoken, symbol, tenth } from "./parts.mjs";
import { share } from "./state.mjs";
import presets from "./sentence_presets.json" with { type: "json" };
import MODEL from "./words.json" with { type: "json" };

const PLACE = new Map(MODEL.vocabulary.map((word, k) => [word, k]));
const SHOWN = ["f", "i", "o", "c", "h"];
const PRESETS = withHandsOff(presets);
const LIMITS = limitsOf("sentence");
const MOST_WORDS = LIMITS.words.most;
const BARS = 6;

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, tools, look, news, showPreset } = share({
    model, kind: "sentence", limits: LIMITS, presets: PRESETS, vocabulary: PLACE, show: (whole) => show(whole), signal,
  });
  const H = MODEL.b_f.length;

  // ---- controls
  const field = html("input", { type: "text", name: "words", class: "lx-words", spellcheck: "false", autocomplete: "off" });
  const complaint = html("p", { class: "lx-complaint", role: "alert" });
  field.addEventListener("change", () => {
    const text = field.value.trim().toLowerCase().split(/\s+/).join(" ");
    complaint.textContent = problem(text);
    if (!complaint.textContent) change({ words: text, at: text.split(" ").length, preset: "" });
  }, { signal });
  const hands = gateHands((values) => change({ ...values, preset: "" }), signal);

  // ---- picture
  const chips = html("div", { class: "lx-chips", role: "group", "aria-label": "The sentence; choose a word" });
  let chipButtons = [];
  const goTo = (at) => change({ at });
  let pointed; // the word under the mouse: shown, not chosen
  const maps = Object.fromEntries(SHOWN.map((name) => [name, heatMap(name, `${name} of all ${H} units, word by word`, signal)]));
  for (const { canvas, stepAt } of Object.values(maps)) {
    const under = (event) => stepAt(event, state.words.split(" ").length) + 1;
    const point = (at) => {
      if (at === pointed) return;
      pointed = at;
      show(false, true);
    };
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(under(event)), { signal });
    canvas.addEventListener("pointerleave", () => point(undefined), { signal });
    canvas.addEventListener("click", (event) => goTo(under(event)), { signal });
  }
  const more = html(
    "details", { class: "lx-more" }, html("summary", {}, "Memory c and output h of every unit"), maps.c.element, maps.h.element);
  more.addEventListener("toggle", () => show(), { signal });
  const bars = Array.from({ length: BARS }, () => {
    const word = boxed("lx-word lx-filled");
    const fill = html("span", { class: "lx-prob-fill" });
    const percent = boxed("lx-value lx-filled");
    const element = html("li", {}, word.element, html("span", { class: "lx-prob" }, fill), percent.element);
    return { word, fill, percent, element };
  });
  const expects = live(html("p", { class: "lx-filled lx-long" }));
  const said = Object.fromEntries(["at", "f", "i", "o", "unit", "c"].map((name) => [name, live(html("span"))]));
  const cell = html(
    "p", { class: "lx-cell lx-said" }, said.at.element, ": mean ", symbol("f"), " ", said.f.element, ", ", symbol("i"), " ",
    said.i.element, ", ", symbol("o"), " ", said.o.element, ". Written most: ", said.unit.element, ", to ", symbol("c"), " = ", said.c.element, ".");
  const { names: columns, row: unitRow } = unitColumns(H);
  const table = numbersTable(["t", "x", "p", ...columns]);
  const speech = spoken(signal);

  function drawChips(words) {
    if (chipButtons.words === state.words) return;
    chipButtons = words.map((word, k) => {
      const chip = button(word, () => goTo(k + 1), signal);
      chip.addEventListener("focus", () => state.at !== k + 1 && goTo(k + 1), { signal });
      chip.addEventListener("keydown", ({ key }) => {
        chipButtons[k + { ArrowLeft: -1, ArrowRight: 1 }[key]]?.focus();
      }, { signal });
      return chip;
    });
    chipButtons.words = state.words;
    chips.replaceChildren(...chipButtons);
  }

  function show(whole, pointing) {
    const words = state.words.split(" ");
    const chosen = Math.min(state.at, words.length);
    const at = Math.min(pointed ?? chosen, words.length);
    const steps = networkTrace(MODEL, words.map((word) => PLACE.get(word)), state);
    const chances = steps.map(({ y }) => softmax(y));
    drawChips(words);
    // One of them is a stop of the Tab key, the chosen one, so that passing by chooses nothing.
    chipButtons.forEach((chip, k) => put(chip, { "aria-pressed": k + 1 === chosen, tabindex: k + 1 === chosen ? 0 : -1 }));
    if (whole || (!pointing && document.activeElement !== field)) {
      if (field.value !== state.words) field.value = state.words;
      complaint.textContent = "";
    }
    hands.show(state);
    for (const name of more.open ? SHOWN : ["f", "i", "o"]) maps[name].draw(steps.map((step) => step[name]), at - 1);

    const chance = chances[at - 1];
    const next = words[at];
    const order = chance.map((_, k) => k).sort((a, b) => chance[b] - chance[a]).slice(0, BARS);
    const wanted = PLACE.get(next);
    if (wanted !== undefined && !order.includes(wanted)) order[BARS - 1] = wanted;
    order.forEach((k, j) => {
      const word = MODEL.vocabulary[k];
      bars[j].word.write(word === next ? `${word} (comes next)` : word);
      put(bars[j].fill, { style: `transform:scaleX(${tenth(100 * chance[k]) / 100})` });
      bars[j].percent.write(`${number(100 * chance[k], 1)} %`);
      bars[j].element.classList.toggle("lx-right", word === next);
    });
    const before = words.slice(Math.max(0, at - 4), at).join(" ");
    expects.write(`After “${at > 4 ? "… " : ""}${before}” the model expects:`);
    const { f, i, g, o, c } = steps[at - 1];
    const written = i.map((gate, j) => Math.abs(gate * g[j]));
    const unit = written.indexOf(Math.max(...written));
    const mean = (gate) => number(gate.reduce((a, b) => a + b) / H);
    said.at.write(`At “${words[at - 1]}”`);
    said.f.write(mean(f));
    said.i.write(mean(i));
    said.o.write(mean(o));
    said.unit.write(`unit ${unit + 1}, by ${number(i[unit] * g[unit])}`);
    said.c.write(number(c[unit]));
    see(table.element, () => table.update(steps.map((step, k) => [
      k + 1, words[k], words[k + 1] === undefined ? "" : chances[k][PLACE.get(words[k + 1])], ...unitRow(step),
    ])));
    showPreset();
    speech.say(() => `At ${words[at - 1]}: most likely next ${MODEL.vocabulary[order[0]]}, ${number(100 * chance[order[0]], 0)} percent.`);
  }

  const root = explorer(
    "sentence", signal,
    region("head", look, news), tools, toolbar,
    html("label", { class: "lx-field" }, "Sentence, in the model’s words ", field), complaint,
    chips,
    html("div", { class: "lx-picture" }, ...["f", "i", "o"].map((name) => maps[name].element)), more, cell,
    expects.element, html("ol", { class: "lx-probs" }, ...bars.map(({ element }) => element)),
    hands.element,
    html("details", {}, html("summary", {}, `The model’s ${MODEL.vocabulary.length} words`), html("p", {}, MODEL.vocabulary.join(" "))),
    table.element, speech.element,
  );
  el.append(root);
  placed(root, el);
  onWidth(chips, () => show(), signal);
  return () => stop.abort();
}

// What is wrong with a sentence; "" if nothing is.
function problem(text) {
  const words = text.split(" ");
  const unknown = words.filter((word) => !PLACE.has(word));
  if (unknown.length) return `The model knows no “${unknown[0]}”. Its ${MODEL.vocabulary.length} words stand below.`;
  return words.length > MOST_WORDS ? `At most ${MOST_WORDS} words, please.` : "";
}
