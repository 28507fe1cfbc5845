// The "sentence" explorer: a trained word model reads; every gate of every cell over the words; the reader's hands on
// the gates, all or a single one; what the model expects next, and what its memory is made of.
import { GATE_NAMES, goalBar } from "./goals.mjs";
import { gateHands, heatMap, legend, unitColumns } from "./hands.mjs";
import { sorted } from "./limits.mjs";
import { layersOfUnits } from "./layers.mjs";
import { OPEN_GATES, limitsOf, softmax, withHandsOff } from "./network.mjs";
import { boxed, button, explorer, html, live, number, numbersTable, oneStop, onWidth, put, region, slider, spoken, svg, symbol, tenth, track } from "./parts.mjs";
import { NAMES, PRAISE, countRight, reading, withoutWord } from "./sentences.mjs";
import { share } from "./state.mjs";
import presets from "./sentence_presets.json" with { type: "json" };
import MODEL from "./words.json" with { type: "json" };

const PLACE = new Map(MODEL.vocabulary.map((word, k) => [word, k]));
const LIMITS = limitsOf("sentence");
const PRESETS = withHandsOff(presets, LIMITS);
const MOST_WORDS = LIMITS.words.most;
const BARS = 6;
const SUM = 10; // the most that the bars of all cells show
const MOST_C = 3; // and the map of c
const [ABOVE, MIDDLE, BELOW] = [30, 50, 15]; // the bars: base of the upper ones, zero and height of the lower
const KINDS = [
  ["names", Object.keys(NAMES)],
  ["what they were", PRAISE],
  ["what they did", "asked built came carried climbed crossed died forget fought found gave healed painted read sang sing taught thanks wrote".split(" ")],
  ["people and things", "boat books bridge children church contributions country enemy hands home money mountain nobody ocean people river sheep sick storm top town village winter work".split(" ")],
];
KINDS.push(["small words", MODEL.vocabulary.filter((word) => !KINDS.some(([, words]) => words.includes(word)))]);
const best = (values) => values.indexOf(Math.max(...values));
const percent = (chance) => `${number(100 * chance, 0)} %`;

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const { state, change, placed, see, toolbar, tools, look, showPreset, ghost, pinned } = share({
    model, kind: "sentence", limits: LIMITS, presets: PRESETS, vocabulary: PLACE, show: (whole) => show(whole), signal,
    answer: (word, step) => chancesNow[step - 1]?.[PLACE.get(word)],
  });
  let chancesNow = [];
  const chancesOf = (there) => {
    const chances = reading(MODEL, there).map(({ y }) => softmax(y));
    return Object.fromEntries(MODEL.vocabulary.map((word, k) => [word, chances.map((one) => one[k])]));
  };
  const bar = goalBar({ kind: "sentence", puzzles: model.get("puzzles"), change, signal, run: chancesOf });
  const H = MODEL.b_f.length;
  const set = (values) => {
    const { forced = state.forced, words = state.words } = values;
    const last = words.split(" ").length;
    change({ ...values, ...(values.words && { forced: forced.filter(([, , step]) => step <= last) }), preset: "" });
  };
  const count = () => state.words.split(" ").length;

  // ---- the sentence: typed, picked from a list, spoken on
  const field = html("input", { type: "text", name: "words", class: "lx-words", spellcheck: "false", autocomplete: "off" });
  const complaint = html("p", { class: "lx-complaint", role: "alert" });
  const complain = (text) => { complaint.textContent = text; };
  field.addEventListener("change", () => {
    const text = field.value.trim().toLowerCase().split(/\s+/).join(" ");
    complain(problem(text));
    if (!complaint.textContent) set({ words: text, at: text.split(" ").length });
  }, { signal });
  function speak(toTheStop) {
    if (count() >= MOST_WORDS) return complain(`It has said ${MOST_WORDS} words; there is room for no more.`);
    let { words } = state;
    let at = count();
    do {
      words += ` ${MODEL.vocabulary[best(reading(MODEL, { ...state, words, at }).at(-1).y)]}`;
      at += 1;
    } while (toTheStop && at < MOST_WORDS && !words.endsWith(" ."));
    set({ words, at });
  }
  const speaking = html(
    "div", { class: "lx-row-of", "data-part": "speak" }, html("span", {}, "Let it speak on:"),
    button("the likeliest word", () => speak(false), signal), button("to the full stop", () => speak(true), signal));
  let appends = false;
  const where = [false, true].map((end) => {
    const label = live(html("button", { type: "button" }));
    label.element.addEventListener("click", () => {
      appends = end;
      show();
    }, { signal });
    return label;
  });
  function pick(word) {
    if (appends && count() >= MOST_WORDS) return complain(`There is room for ${MOST_WORDS} words.`);
    const words = state.words.split(" ");
    words.splice(appends ? words.length : state.at - 1, appends ? 0 : 1, word);
    set({ words: words.join(" "), at: appends ? words.length : state.at });
  }
  const list = html("div", {}, ...KINDS.map(([kind, words]) => {
    return oneStop(html(
      "div", { class: "lx-row-of", role: "group", "aria-label": kind },
      html("span", {}, kind), ...words.map((word) => button(word, () => pick(word), signal))), signal);
  }));
  const picking = html(
    "details", { "data-part": "list" }, html("summary", {}, `Pick from its ${MODEL.vocabulary.length} words`),
    html("div", { class: "lx-row-of", role: "group", "aria-label": "Where a word goes" }, ...where.map(({ element }) => element)), list);

  // ---- hands on the gates
  const hands = gateHands(H, set, signal);
  // Whether a forced one is the chosen gate at the chosen word, in a cell that `fits`
  const isHere = (fits) => ([gate, cell, step]) => gate === state.gate && step === state.at && fits(cell);
  const hold = () => state.forced.filter(isHere((cell) => cell === 0 || cell === state.cell)).at(-1); // that of all comes first
  function force(cell, value) {
    const others = state.forced.filter((one) => !isHere((other) => cell === 0 || other === cell)(one));
    const forced = sorted("forced", [...others, [state.gate, cell, state.at, value]]);
    if (forced.length > LIMITS.forced.most) return complain(`No more than ${LIMITS.forced.most} gates can be forced at once.`);
    set({ forced });
  }
  function letGo() {
    const free = hold();
    if (free) set({ forced: state.forced.filter((one) => one !== free) });
  }
  const knob = slider({
    name: "force", label: "force the chosen gate to", text: "forced to", min: LIMITS.forced.low, max: LIMITS.forced.high, initial: 1,
    signal, change: (value) => force(state.cell, value),
  });
  knob.input.addEventListener("dblclick", letGo, { signal });
  const cellInput = html("input", { type: "range", name: "cell", min: 1, max: H, step: 1, "aria-label": "cell" });
  const cellText = boxed("lx-value lx-fixed lx-short");
  cellInput.addEventListener("input", () => change({ cell: cellInput.valueAsNumber }), { signal });
  const gateButtons = OPEN_GATES.map((k) => button(k, () => change({ gate: k }), signal));
  gateButtons.forEach((one, j) => put(one, { class: `lx-own lx-${OPEN_GATES[j]}`, "aria-label": GATE_NAMES[OPEN_GATES[j]] }));
  const gates = html("div", { class: "lx-row-of", role: "group", "aria-label": "Gate", "data-part": "gate" }, ...gateButtons);
  oneStop(gates, signal);
  const lender = html("select", { name: "gates_of" }, ...LIMITS.gates_of.of.map((name) =>
    html("option", { value: name }, name ? `${name}’s sentence` : "this sentence")));
  lender.addEventListener("change", () => set({ gates_of: lender.value }), { signal });
  const lending = live(html("span"));
  const chosen = live(html("p", { class: "lx-said lx-chosen-gate", "data-part": "chosen" }));
  const forcing = html(
    "div", { class: "lx-force" }, chosen.element,
    html("div", { class: "lx-two" }, knob.element, html(
      "label", { class: "lx-slider", "data-part": "cell" },
      html("span", { class: "lx-name" }, "cell ", cellText.element), track(cellInput))),
    html(
      "div", { class: "lx-row-of" }, gates,
      button(`all ${H} cells alike`, () => force(0, knob.input.valueAsNumber), signal),
      button("let go", letGo, signal), button("let all go", () => state.forced.length && set({ forced: [] }), signal)),
  );
  const counted = new Map(); // of each setting that was tried
  const setting = () => String([
    ...Object.keys(LIMITS).filter((name) => /_/.test(name) || name === "cells").map((name) => `${name} ${state[name]}`),
    ...state.forced.map(([gate, cell, step, value]) => [gate, cell, step - state.at, value]),
  ]);
  const score = boxed("lx-filled lx-long");
  const trying = html(
    "div", { "data-part": "right" },
    button("Try it on all 256 sentences", () => {
      counted.set(setting(), countRight(MODEL, state));
      show();
    }, signal), score.element);

  // ---- pictures
  const chips = html("div", { class: "lx-chips", role: "group", "aria-label": "The sentence; choose a word" });
  let chipButtons = [];
  let width = 0;
  const goTo = (at) => change({ at });
  let pointed; // what lies under the mouse: shown, not chosen
  const maps = Object.fromEntries(["c", ...OPEN_GATES, "g", "h"].map((name) => {
    const named = { c: "memory", g: "candidate", h: "output", ...GATE_NAMES }[name];
    return [name, heatMap(name, H, `${named} ${name} of all ${H} cells, word by word`, signal, ...(name === "c" ? [8, MOST_C] : [6]))];
  }));
  for (const [name, { canvas, stepAt, unitAt }] of Object.entries(maps)) {
    const gate = OPEN_GATES.includes(name);
    const under = (event) => ({ at: stepAt(event, count()) + 1, cell: unitAt(event) + 1, ...(gate && { gate: name }) });
    const point = (there) => {
      if (String(Object.values(there ?? {})) === String(Object.values(pointed ?? {}))) return;
      pointed = there;
      show(false, true);
    };
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(under(event)), { signal });
    canvas.addEventListener("pointerleave", () => point(undefined), { signal });
    canvas.addEventListener("click", (event) => change(under(event)), { signal });
    if (gate) canvas.addEventListener("keydown", (event) => {
      const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
      if (across === undefined) return;
      event.preventDefault();
      // The cells of the three gates are one column.
      const row = Math.min(3 * H - 1, Math.max(0, OPEN_GATES.indexOf(state.gate) * H + state.cell - 1 + down));
      change({
        at: Math.min(count(), Math.max(1, state.at + across)), gate: OPEN_GATES[Math.floor(row / H)], cell: row % H + 1,
      });
      maps[state.gate].canvas.focus();
    }, { signal });
  }
  const more = html(
    "details", { class: "lx-more" }, html("summary", {}, "Candidate ", symbol("g"), " and output ", symbol("h")),
    legend(`of the ${H} cells`, ["g", "h"], -1, 1), maps.g.element, maps.h.element);
  more.addEventListener("toggle", () => show(), { signal });

  // Bars under the words, at the columns of the maps
  function barsUnderWords(part, label, height, ...names) {
    const picture = svg("svg", { class: "lx-under", role: "img", "aria-label": label, preserveAspectRatio: "none", height });
    const element = html(
      "div", { class: "lx-heat", "data-part": part }, html("span", { class: "lx-heat-name lx-small", "aria-hidden": "true" }, ...names), picture);
    picture.addEventListener("click", ({ offsetX }) => {
      goTo(Math.min(count(), Math.max(1, Math.ceil(count() * offsetX / picture.clientWidth))));
    }, { signal });
    return { element, picture };
  }
  const cellName = live(html("span"));
  const left = barsUnderWords("left", "What is left of each word in the memory: of all cells, and of the chosen one", 66, html("span", {}, "all"), cellName.element);
  const leftLine = svg("path", { class: "lx-base", d: `M0 ${ABOVE}H99M0 ${MIDDLE}H99` });
  const [leftOfAll, leftOfOne] = ["lx-sum", "lx-one"].map((name) => svg("polygon", { class: name }));
  left.picture.append(leftOfAll, leftOfOne, leftLine);
  const leftTitle = boxed("lx-filled lx-long");
  const without = barsUnderWords("without", "How probable the next word would be, had this one not been read", 40, html("span", {}, "1"), html("span", {}, "0"));
  const [withoutBars, withoutLine] = [svg("polygon", { class: "lx-sum" }), svg("path", { class: "lx-base lx-now" })];
  without.picture.append(withoutBars, withoutLine);
  const withoutSaid = boxed("lx-filled lx-long");
  const omitting = html(
    "details", {}, html("summary", {}, "Had a word not been read"), without.element, withoutSaid.element);
  omitting.addEventListener("toggle", () => show(), { signal });

  const bars = Array.from({ length: BARS }, () => {
    const word = boxed("lx-word lx-filled");
    const fill = html("span", { class: "lx-prob-fill" });
    const was = html("span", { class: "lx-prob-was lx-hidden" });
    const share = boxed("lx-value lx-filled");
    const element = html("li", {}, word.element, html("span", { class: "lx-prob" }, fill, was), share.element);
    return { word, fill, was, share, element };
  });
  const probs = html("ol", {}, ...bars.map(({ element }) => element));
  const expects = live(html("p", { class: "lx-filled lx-long" }));
  const said = live(html("p", { class: "lx-cell lx-said" }));
  const { names: columns, row: unitRow } = unitColumns(H);
  const table = numbersTable(["t", "x", "p", "left", "left_cell", ...columns]);
  const speech = spoken(signal);

  function drawChips(words) {
    const across = width / words.length;
    const upright = Math.max(...words.map((word) => word.length)) * 7.5 + 8 > across;
    chips.classList.toggle("lx-upright", upright);
    put(chips, { style: `--lx-words:${words.length};font-size:${Math.min(13, Math.max(8, 0.8 * across))}px` });
    if (chipButtons.words === state.words) return;
    chipButtons = words.map((word, k) => {
      const chip = button(html("span", {}, word), () => goTo(k + 1), signal);
      chip.addEventListener("focus", () => state.at !== k + 1 && goTo(k + 1), { signal });
      chip.addEventListener("keydown", ({ key }) => {
        chipButtons[k + { ArrowLeft: -1, ArrowRight: 1 }[key]]?.focus();
      }, { signal });
      return chip;
    });
    chipButtons.words = state.words;
    chips.replaceChildren(...chipButtons);
    for (const { picture } of [left, without]) put(picture, { viewBox: `0 0 ${words.length} ${picture.getAttribute("height")}` });
  }

  // How probable each word was before the last move, or is in the state pinned, if the same is read there
  let shadow = {};
  function chanceBefore(at) {
    const there = ghost();
    if (there?.words !== state.words) return undefined;
    if (shadow.there !== there || shadow.at !== state.at) {
      shadow = { there, at: state.at, steps: reading(MODEL, { ...there, at: state.at }) };
    }
    return softmax(shadow.steps[at - 1].y);
  }

  let tied = {};
  function show(whole, pointing) {
    const words = state.words.split(" ");
    const { at, cell, gate } = { ...state, ...pointed };
    const steps = reading(MODEL, state);
    const chances = steps.map(({ y }) => softmax(y));
    chancesNow = chances;
    bar.update(state);
    if (whole) appends = false;
    drawChips(words);
    // One of them is a stop of the Tab key, the chosen one, so that passing by chooses nothing.
    chipButtons.forEach((chip, k) => put(chip, { "aria-pressed": k + 1 === state.at, tabindex: k + 1 === state.at ? 0 : -1 }));
    if (whole || (!pointing && document.activeElement !== field)) {
      if (field.value !== state.words) field.value = state.words;
      complain("");
    }
    hands.show(state);
    if (lender.value !== state.gates_of) lender.value = state.gates_of;
    const named = words.some((word) => Object.hasOwn(NAMES, word));
    lending.write(`Output gates at “${words[state.at - 1]}” of ${named ? "" : "(nobody is named: they stay) "}`);
    gateButtons.forEach((one, j) => put(one, { "aria-pressed": OPEN_GATES[j] === state.gate }));
    ["replaces", "comes after"].forEach((what, j) => {
      where[j].write(`A word ${what} “${words[j ? words.length - 1 : state.at - 1]}”`);
      put(where[j].element, { "aria-pressed": appends === Boolean(j) });
    });

    // maps
    for (const name of more.open ? Object.keys(maps) : ["c", ...OPEN_GATES]) maps[name].draw(steps.map((step) => step[name]), at - 1, cell);
    for (const k of OPEN_GATES) {
      maps[k].element.classList.toggle("lx-chosen", k === gate);
      put(maps[k].canvas, { tabindex: k === state.gate ? 0 : -1 });
      if (tied.forced !== state.forced || tied.n !== words.length) {
        maps[k].tie(state.forced.filter(([one]) => one === k).map((one) => one.slice(1)), words.length);
      }
    }
    tied = { forced: state.forced, n: words.length };

    // where the memory comes from
    const layers = layersOfUnits(steps.slice(0, at)).at(-1);
    const sums = layers.map((units) => units.reduce((sum, one) => sum + Math.abs(one), 0));
    const ones = layers.map((units) => units[cell - 1]);
    put(leftOfAll, { points: columnsOf(sums.map((one) => Math.min(1, one / SUM)), ABOVE, ABOVE) });
    put(leftOfOne, { points: columnsOf(ones.map((one) => Math.max(-1, Math.min(1, one))), MIDDLE, BELOW) });
    const large = best(ones.map(Math.abs));
    cellName.write(String(cell));
    leftTitle.write(`Left at “${words[at - 1]}” of what each word wrote in all cells, and in cell ${cell}`);

    // what is expected
    const chance = chances[at - 1];
    const next = words[at];
    const wanted = PLACE.get(next) ?? best(chance);
    const order = chance.map((_, k) => k).sort((a, b) => chance[b] - chance[a]).slice(0, BARS);
    if (!order.includes(wanted)) order[BARS - 1] = wanted;
    const before = chanceBefore(at);
    put(probs, { class: `lx-probs${pinned() ? " lx-with-a" : ""}` });
    order.forEach((k, j) => {
      const moved = before && before[k] !== chance[k];
      put(bars[j].was, { class: `lx-prob-was${moved ? "" : " lx-hidden"}` });
      if (moved) put(bars[j].was, { style: `transform:translateX(${tenth(100 * before[k])}%)` });
      const word = MODEL.vocabulary[k];
      bars[j].word.write(word === next ? `${word} (comes next)` : word);
      put(bars[j].fill, { style: `transform:scaleX(${tenth(100 * chance[k]) / 100})` });
      bars[j].share.write(`${number(100 * chance[k], 1)} %`);
      bars[j].element.classList.toggle("lx-right", word === next);
    });
    const lately = words.slice(Math.max(0, at - 4), at).join(" ");
    expects.write(`After “${at > 4 ? "… " : ""}${lately}” the model expects:`);
    if (omitting.open) see(omitting, () => {
      const had = words.slice(0, at).map((_, k) => withoutWord(MODEL, { ...state, at }, k)[wanted]);
      put(withoutBars, { points: columnsOf(had, 38, 36) });
      put(without.picture, { "data-value": had.join(" ") });
      put(withoutLine, { d: `M0 ${tenth(38 - 36 * chance[wanted])}H99` });
      const k = best(had.slice(0, Math.max(1, at - 1)).map((one) => Math.abs(one - chance[wanted]))); // of those before
      withoutSaid.write(`Without “${words[k]}”, word ${k + 1}, “${MODEL.vocabulary[wanted]}” would have ${percent(had[k])} instead of ${percent(chance[wanted])}.`);
    });

    // the chosen cell, in words
    const value = steps[at - 1];
    said.write(
      `At “${words[at - 1]}”, cell ${cell}: ${GATE_NAMES[gate]} ${number(value[gate][cell - 1])}; its memory c is ` +
      `${number(value.c[cell - 1])}, of which “${words[large]}” wrote ${number(ones[large])}; it shows h = ${number(value.h[cell - 1])}.`);
    const here = steps[state.at - 1][state.gate][state.cell - 1];
    const elsewhere = state.forced.filter((one) => !isHere((other) => other === 0 || other === state.cell)(one));
    const free = hold() && reading(MODEL, { ...state, forced: elsewhere })[state.at - 1];
    const name = `${GATE_NAMES[state.gate]} of cell ${state.cell} at “${words[state.at - 1]}”: ${number(here)}`;
    chosen.write(`${name[0].toUpperCase()}${name.slice(1)}${free ? `, forced; by itself ${number(free[state.gate][state.cell - 1])}` : ""}`);
    knob.set(Math.round(100 * here) / 100);
    if (cellInput.valueAsNumber !== state.cell) cellInput.value = state.cell;
    cellText.write(String(state.cell));
    const right = counted.get(setting());
    score.write(right === undefined
      ? "Not tried with the gates as they are now. Untouched, 248 names are right."
      : `${right} of 256 names are right with the gates as they are now; untouched, 248.`);
    see(table.element, () => table.update(steps.map((step, k) => [
      k + 1, words[k], words[k + 1] === undefined ? "" : chances[k][PLACE.get(words[k + 1])], sums[k] ?? "", ones[k] ?? "", ...unitRow(step),
    ])));
    showPreset();
    speech.say(() => `${name}. Most likely next ${MODEL.vocabulary[order[0]]}, ${number(100 * chance[order[0]], 0)} percent.`);
  }

  const root = explorer(
    "sentence", signal,
    region("head", look),
    region(
      "view",
      html(
        "div", { class: "lx-picture" },
        html("div", { class: "lx-heat", "data-part": "words" }, html("span"), chips),
        html("p", { class: "lx-legend" }, leftTitle.element), left.element, omitting,
        legend(`memory of the ${H} cells`, ["c"], -MOST_C, MOST_C), maps.c.element,
        legend("their gates", OPEN_GATES, 0, 1), ...OPEN_GATES.map((name) => maps[name].element)),
      html("div", { "data-part": "next" }, expects.element, probs),
      said.element,
    ),
    region("hand", tools, forcing),
    region(
      "rest",
      toolbar,
      html("label", { class: "lx-field" }, "Sentence, in the model’s words ", field), complaint, speaking, picking,
      html("label", { class: "lx-choice lx-lender", "data-part": "gates_of" }, lending.element, lender), trying,
      more, hands.holds, bar.element, hands.element, table.element,
    ),
    speech.element,
  );
  el.append(root);
  placed(root, el);
  onWidth(chips, (now) => {
    width = now;
    show();
  }, signal);
  return () => stop.abort();
}

// One polygon: a bar in the middle of each column, from `base` up to `height` pixels, and along the base between them
function columnsOf(shares, base, height) {
  return shares.map((share, k) => {
    const y = tenth(base - height * share);
    return `${k},${base} ${k}.15,${base} ${k}.15,${y} ${k}.85,${y} ${k}.85,${base}`;
  }).join(" ");
}

// What is wrong with a sentence; "" if nothing is.
function problem(text) {
  const words = text.split(" ");
  const unknown = words.filter((word) => !PLACE.has(word));
  if (unknown.length) return `The model knows no “${unknown[0]}”. Its ${MODEL.vocabulary.length} words stand below.`;
  return words.length > MOST_WORDS ? `At most ${MOST_WORDS} words, please.` : "";
}
