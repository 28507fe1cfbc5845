// An explorer's values, and the places they may change from: its own controls, Python or another view, a link in the
// prose, the page's address, Back and Forward.
import { addressed } from "./address.mjs";
import { remembered, told } from "./history.mjs";
import { parse, same, settle } from "./limits.mjs";
import { attention, button, html, later, live, oneOf, oneStop } from "./parts.mjs";
import { prose } from "./prose.mjs";
import { stage } from "./stage.mjs";

// `state` holds the values that `limits` describes, and the name of the preset; `change` is the one way a reader alters
// them; what comes from elsewhere is drawn once, however many values came together. `presets` holds a label, what to look
// at, and values, by name; `vocabulary` the words that may be read. `show(whole)` draws; `whole` when all was set at once.
// `ghost()` gives the state whose lines stand behind those of now, if any: before the last move, or the one pinned.
// `answer(name, step)` is a number of the picture, for the words around it; `guess`, see prose.mjs;
// `again()` hears of Reset.
export function share({ model, kind, limits, presets, vocabulary, show, answer, guess, again, signal }) {
  const known = { limits, presets, vocabulary };
  const names = [...Object.keys(limits).filter((name) => !limits[name].fixed), "preset"];
  const initial = model.get("initial");
  const received = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const { state } = settle(known, received(), initial);
  const { holding, see, turn } = attention(signal);
  const looks = new Set(names.filter((name) => limits[name]?.look));
  const past = remembered({ state, looks, apply: (there) => set(settle(known, there, initial).state, true) });
  const rests = later(500, signal);
  let root;

  function set(values, whole) {
    const before = whole && { ...state };
    Object.assign(state, values);
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    if (whole || changed.length) say(whole ? told(limits, before, state) : "");
    show(whole);
    words?.update(whole);
    turn();
    if (follows) rests(follows);
  }

  // `followed`: a link, which can be undone even where it changes nothing
  function change(values, whole = false, followed = false) {
    if (whole) past.rest();
    if (followed) past.mark();
    else past.note(values);
    set(values, whole);
    if (whole) past.rest();
  }

  // What all at once has changed
  let changed = "";
  const news = live(html("p", { class: "lx-news" }));
  const say = (sentence) => news.write((changed = sentence));

  let waiting = false;
  for (const name of names) {
    const hear = () => {
      if (state[name] === model.get(name) || waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        if (signal.aborted) return;
        Object.assign(state, settle(known, received(), state).state);
        show(true);
        words?.update(true);
      });
    };
    model.on(`change:${name}`, hear);
    signal.addEventListener("abort", () => model.off(`change:${name}`, hear));
  }

  // What a link says, "preset=latch&b_f=3", it says of the first state, whatever the reader has done since.
  const start = (name) => (Object.hasOwn(presets, name) ? { ...initial, ...presets[name].values, preset: name } : initial);

  // The whole state that a link means; nothing if it says nothing that can be understood.
  function read(query) {
    const given = Object.fromEntries(new URLSearchParams(query));
    for (const [name, text] of Object.entries(given)) if (Object.hasOwn(limits, name)) given[name] = parse(limits[name], text);
    const { state: meant, took } = settle(known, given, start(given.preset));
    return took || !query ? meant : undefined;
  }

  // The link that means the present state: its preset, and what differs from that or from the first state.
  function written() {
    const from = settle(known, {}, start(state.preset)).state;
    const query = new URLSearchParams(state.preset && { preset: state.preset });
    for (const name of names) if (name !== "preset" && !same(state[name], from[name])) query.set(name, state[name]);
    return String(query).replaceAll("%2C", ",");
  }

  // `link`: the words that were pressed, if any were
  function follow(next, link) {
    const before = { ...state };
    change(next, true, true);
    const moved = [...root.querySelectorAll("input[name]")].filter(({ name }) => before[name] !== state[name]);
    flash(moved);
    standing.act(link, moved.map(({ name }) => name));
    words?.followed(link);
  }

  function flash(inputs) {
    const boxes = inputs.map((input) => input.closest("label") ?? input);
    for (const fold of boxes.map((box) => box.closest("details")).filter(Boolean)) fold.open = true;
    for (const box of [root, ...boxes]) box.classList.add("lx-changed");
    setTimeout(() => { for (const box of [root, ...boxes]) box.classList.remove("lx-changed"); }, 2000);
  }

  // Once the explorer stands in the page, in its `lane`
  let address, follows, standing, words;
  function placed(element, lane) {
    root = element;
    holding(root);
    root.addEventListener("pointerdown", past.rest, { signal });
    root.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches('input[type="text"]')) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) past.redo();
      else past.undo();
    }, { signal });
    standing = stage({ root, kind, lane, signal });
    if (answer && lane.ownerDocument.contains(lane)) {
      const { act } = standing;
      const given = { kind, root, state, initial, limits, read, change, answer, guess, signal };
      words = prose({ ...given, rest: past.rest, act });
    }
    address = addressed({
      kind, root, read, follow, signal,
      leave: () => ({ ...state }),
      back: (stored) => change(settle(known, stored, initial).state, true),
    });
    follows = () => address(written(), true);
  }

  const linkButton = button("", async () => {
    address(written());
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    sayOfLink(copied ? 1 : 2);
    setTimeout(() => sayOfLink(0), 2000);
  }, signal);
  const sayOfLink = oneOf(linkButton, ["Link to this", "Link copied", "Link is in the address bar"]);
  sayOfLink(0);

  const presetButtons = Object.entries(presets).map(([name, { label }]) =>
    [name, button(label, () => change(settle(known, { ...presets[name].values, preset: name }, state).state, true), signal)]);
  const reset = button("Reset", () => {
    past.unpin();
    again?.();
    change({ ...initial }, true);
    showPin();
  }, signal);
  const look = html("p", { class: "lx-look" });
  const looked = Object.keys(presets);
  const own = "Your own setting. Reset brings the first one back.";
  const tell = oneOf(look, [...looked.map((name) => presets[name].look), own, ""]);
  const toolbar = oneStop(html(
    "div", { class: "lx-presets", role: "group", "aria-label": "Presets" },
    ...presetButtons.map(([, element]) => element), reset, linkButton), signal);
  let shown;
  const untouched = () => names.every((name) => looks.has(name) || same(state[name], initial[name]));
  const showPreset = () => {
    const now = state.preset || untouched();
    if (shown === now) return;
    shown = now;
    for (const [name, element] of presetButtons) element.setAttribute("aria-pressed", name === state.preset);
    tell(looked.includes(now) ? looked.indexOf(now) : looked.length + Number(now));
  };

  const nothing = (done, sentence) => done || say(sentence);
  const pin = button("Pin as A", () => {
    past.pin();
    showPin();
    show(false);
  }, signal);
  const swap = button("Swap A and B", () => past.swap(), signal);
  const showPin = () => {
    pin.setAttribute("aria-pressed", Boolean(past.pinned()));
    swap.hidden = !past.pinned();
  };
  showPin();
  const tools = oneStop(html(
    "div", { class: "lx-tools", role: "group", "aria-label": "What was" },
    button("Undo", () => nothing(past.undo(), "Nothing to undo."), signal),
    button("Redo", () => nothing(past.redo(), "Nothing to redo."), signal),
    pin, swap, news.element), signal);

  return { state, change, placed, see, toolbar, tools, look, showPreset, ghost: past.ghost, pinned: past.pinned };
}
