// An explorer's values, and the places they may change from: its own controls, Python or another view, a link in the
// prose, the page's address, Back and Forward.
import { addressed } from "./address.mjs";
import { parse, same, settle } from "./limits.mjs";
import { attention, button, html, oneOf } from "./parts.mjs";

// `state` holds the values that `limits` describes, and the name of the preset; `change` is the one way a reader alters
// them; what comes from elsewhere is drawn once, however many values came together. `presets` holds a label, what to look
// at, and values, by name; `vocabulary` the words that may be read. `show(whole)` draws; `whole` when all was set at once.
export function share({ model, kind, limits, presets, vocabulary, show, signal }) {
  const known = { limits, presets, vocabulary };
  const names = [...Object.keys(limits).filter((name) => !limits[name].fixed), "preset"];
  const initial = model.get("initial");
  const received = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const { state } = settle(known, received(), initial);
  const { holding, see, turn } = attention(signal);
  let root;

  function change(values, whole = false) {
    Object.assign(state, values);
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    show(whole);
    turn();
  }

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

  function follow(next) {
    const before = { ...state };
    change(next, true);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    root.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    flash([...root.querySelectorAll("input[name]")].filter(({ name }) => before[name] !== state[name]));
  }

  function flash(inputs) {
    const boxes = inputs.map((input) => input.closest("label") ?? input);
    for (const fold of boxes.map((box) => box.closest("details")).filter(Boolean)) fold.open = true;
    for (const box of [root, ...boxes]) box.classList.add("lx-changed");
    setTimeout(() => { for (const box of [root, ...boxes]) box.classList.remove("lx-changed"); }, 2000);
  }

  // Once the explorer stands in the page
  let address;
  function placed(element) {
    root = element;
    holding(root);
    address = addressed({
      kind, root, read, follow, signal,
      leave: () => ({ ...state }),
      back: (stored) => change(settle(known, stored, initial).state, true),
    });
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
  const reset = button("Reset", () => change({ ...initial }, true), signal);
  const look = html("p", { class: "lx-look" });
  const looks = Object.keys(presets);
  const tell = oneOf(look, [...looks.map((name) => presets[name].look), "Your own setting. Reset brings the first one back."]);
  const toolbar = html(
    "div", { class: "lx-presets", role: "group", "aria-label": "Presets" },
    ...presetButtons.map(([, element]) => element), reset, linkButton);
  let shown;
  const showPreset = () => {
    if (shown === state.preset) return;
    shown = state.preset;
    for (const [name, element] of presetButtons) element.setAttribute("aria-pressed", name === state.preset);
    tell(looks.includes(state.preset) ? looks.indexOf(state.preset) : looks.length);
  };

  return { state, change, placed, see, toolbar, look, showPreset };
}
