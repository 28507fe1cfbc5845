// The "quiz" explorer: questions with a choice or a number, answered and explained on the spot: at the end of a chapter, or
// a single one where it arises. What was answered stays in the reader's own browser, and nowhere else, and is read again for these very questions alone.
import { button, explorer, html, rich, spoken } from "./parts.mjs";

export function render({ model, el }) {
  const stop = new AbortController();
  const { signal } = stop;
  const questions = model.get("questions");
  const turn = model.get("turn");
  const key = `quiz ${digest(JSON.stringify(questions))}`;
  const store = storage(turn === "before" ? `${key} before` : key);
  const fitting = (given) => questions.map((question, k) => (Array.isArray(given) && fits(question, given[k]) ? given[k] : null));
  const stored = fitting(store.read());
  const before = turn === "after" ? fitting(storage(`${key} before`).read()) : [];
  let answers = fitting(model.get("answers")).map((answer, k) => answer ?? stored[k]);
  const speech = spoken(signal);
  const score = html("p", { class: "lx-score" });

  const cards = questions.map((question, k) => {
    const verdict = html("p", { class: "lx-verdict" });
    const answer = (value) => {
      answers = answers.map((old, j) => (j === k ? value : old));
      model.set("answers", answers);
      model.save_changes();
      store.write(answers);
      show();
      speech.say(() => `${verdict.textContent} ${score.textContent}`.trim());
    };
    const inputs = question.choices ? choices(question, answer, signal) : numeric(question, answer, signal, turn === "before" ? "Keep" : "Check");
    const element = html(
      "fieldset", {}, html("legend", {}, questions.length > 1 ? `Question ${k + 1}` : "A question"), html("p", {}, ...rich(question.ask)), inputs.element, verdict);
    let asked = {};
    const draw = (anew) => {
      const value = answers[k];
      inputs.show(value, anew);
      if (turn === "before") return;
      const { right, why } = judge(question, value);
      if (asked.value !== value) asked = { value };
      // A number that is wrong gets a hint; the answer comes when it is asked for.
      const hint = !question.choices && !right && !asked.told;
      const tell = () => {
        asked.told = true;
        draw();
        speech.say(() => `${verdict.textContent} ${score.textContent}`.trim());
      };
      const after = hint ? [value > question.number ? "Too large. " : "Too small. ", button("Show the answer", tell, signal)] : rich(why);
      verdict.replaceChildren(...(value === null ? [] : [html("b", {}, right ? "✓ Right. " : "✗ Not so. "), ...after]));
      verdict.classList.toggle("lx-wrong", value !== null && !right);
    };
    return { element, draw };
  });

  const count = (given, asksTo) => questions.filter((question, k) =>
    (!asksTo || question.asks_to === asksTo) && given[k] !== null && judge(question, given[k]).right).length;

  function answered() {
    const many = answers.filter((answer) => answer !== null).length;
    const then = store.kept() ? "Your answers stay in this browser, for the same questions after the last chapter." :
      "This browser keeps nothing, so note your answers if you want to compare them later.";
    return `${many} of ${questions.length} answered. ${then}`;
  }

  function gained() {
    const now = `${count(answers)} of ${questions.length} right`;
    if (before.every((answer) => answer === null)) return `${now}. There are no answers from before the first chapter in this browser.`;
    if (answers.includes(null)) return `${now}; before the first chapter ${count(before)}.`;
    const parts = ["recall", "explain", "use"].filter((asksTo) => questions.some((question) => question.asks_to === asksTo))
      .map((asksTo) => `to ${asksTo} ${count(before, asksTo)} → ${count(answers, asksTo)}`);
    return `${now}; before the first chapter ${count(before)}. ${parts.length ? `Before → now: ${parts.join(", ")}.` : ""}`;
  }

  function show(anew) {
    for (const { draw } of cards) draw(anew);
    const counted = questions.length > 1 ? `${count(answers)} of ${questions.length} right.` : ""; // one says it itself
    score.textContent = { before: answered, after: gained }[turn]?.() ?? counted;
  }

  const again = button("Start again", () => {
    answers = questions.map(() => null);
    model.set("answers", answers);
    model.save_changes();
    store.write(answers);
    show(true);
    speech.say(() => "Nothing is answered now.");
  }, signal);
  const root = explorer(
    "quiz", signal,
    ...cards.map(({ element }) => element), html("div", { class: "lx-presets" }, score, again), speech.element);
  root.classList.add("lx-quiz");
  el.append(root);
  const hear = () => {
    const now = model.get("answers");
    if (String(now) === String(answers)) return;
    answers = fitting(now);
    show(true);
  };
  model.on("change:answers", hear);
  signal.addEventListener("abort", () => model.off("change:answers", hear));
  show();
  return () => stop.abort();
}

export function judge({ choices: offered, right, number, within, why }, value) {
  if (value === null) return { right: false, why: "" };
  if (offered) return { right: value === right, why: offered[value][1] };
  return { right: Math.abs(value - number) <= within + 1e-9 * Math.abs(number), why };
}

function fits({ choices: offered }, answer) {
  return offered ? Number.isInteger(answer) && answer >= 0 && answer < offered.length : Number.isFinite(answer);
}

// A short name for a text
function digest(text) {
  let sum = 0;
  for (let k = 0; k < text.length; k++) sum = (Math.imul(31, sum) + text.charCodeAt(k)) >>> 0;
  return sum.toString(36);
}

function choices({ choices: offered }, answer, signal) {
  const buttons = offered.map(([text], k) => {
    const element = button("", () => answer(k), signal);
    element.append(...rich(text));
    return element;
  });
  return {
    element: html("div", { class: "lx-choices", role: "group", "aria-label": "Answers" }, ...buttons),
    show: (value) => buttons.forEach((one, k) => one.setAttribute("aria-pressed", k === value)),
  };
}

function numeric({ unit }, answer, signal, press) {
  const input = html("input", { type: "text", inputmode: "decimal", name: "answer", autocomplete: "off", "aria-label": "Your answer, a number" });
  const note = html("span", { class: "lx-complaint", role: "alert" });
  const check = () => {
    const [above, below = "1", ...more] = input.value.replaceAll(",", ".").replaceAll("−", "-").split("/").map((part) => part.trim());
    const value = above && below && !more.length ? Number(above) / Number(below) : NaN;
    note.textContent = Number.isFinite(value) ? "" : "A number, please, such as 0.5 or 1/2.";
    if (!note.textContent) answer(value);
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && check(), { signal });
  return {
    element: html("div", { class: "lx-choices" }, input, unit ?? "", button(press, check, signal), note),
    show: (value, anew) => {
      if (!anew && document.activeElement === input) return;
      input.value = value ?? "";
      note.textContent = "";
    },
  };
}

// The browser's own memory, or nothing where it is refused, full or spoilt (private windows, pages from disk).
function storage(key) {
  const attempt = (act) => {
    try { return act(localStorage); } catch { return null; }
  };
  return {
    read: () => attempt((kept) => JSON.parse(kept.getItem(key))),
    write: (value) => attempt((kept) => kept.setItem(key, JSON.stringify(value))),
    kept: () => attempt((kept) => { kept.setItem(`${key} asked`, 1); kept.removeItem(`${key} asked`); return true; }),
  };
}
