// An explorer's values, and the four places they may change from: its own controls, Python or another view,
// a link in the prose, the page's address.
import { attention, button, html } from "./parts.mjs";

// `state` holds the values of `names`; `change` is the one way a reader alters them; what comes from elsewhere is
// drawn once, however many values came together. `expand` turns {preset: "…"} into the values it stands for.
// `presets` holds a label and what to look at, by name. `allowed` refuses values that no slider bounds, such as a
// sequence.
export function share({ model, kind, names, presets, expand, allowed = () => true, show, signal }) {
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const { holding, see } = attention(signal);
  let root;

  function change(values) {
    Object.assign(state, values);
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    show();
  }

  let waiting = false;
  for (const name of names) {
    const hear = () => {
      if (state[name] === model.get(name)) return;
      state[name] = model.get(name);
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        if (!signal.aborted) show();
      });
    };
    model.on(`change:${name}`, hear);
    signal.addEventListener("abort", () => model.off(`change:${name}`, hear));
  }

  // Values written as in a link, "b_f=3&x=0,1,0"; unknown names and values no control could show are left out.
  function read(query) {
    const values = {};
    for (const [name, text] of new URLSearchParams(query)) {
      if (!names.includes(name)) continue;
      const value = convert(text, model.get(name));
      const input = root.querySelector(`input[name="${name}"]`);
      if (typeof value === "number" && input && !(value >= input.min && value <= input.max)) continue;
      if (value !== undefined && allowed(name, value)) values[name] = value;
    }
    if (!values.preset) return { ...values, preset: "" };
    const whole = expand(values);
    const touched = Object.keys(values).some((name) => name in whole && String(values[name]) !== String(whole[name]));
    return { ...whole, ...values, preset: touched ? "" : values.preset };
  }

  function follow(query) {
    const before = { ...state };
    change(read(query));
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

  // A link means the explorer of its kind that follows it, or else the last one on the page.
  function meant(link) {
    const all = [...document.querySelectorAll(`[data-explorer="${kind}"]`)];
    const later = all.find((one) => link.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    return (later ?? all.at(-1)) === root;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(`a[href^="#${kind}?"]`);
    if (!link || !meant(link)) return;
    event.preventDefault();
    follow(link.getAttribute("href").split("?")[1]);
  }, { signal });

  // Once the explorer stands in the page: the address may hold a state for it, as "#cell?…" or, for the second
  // of its kind, "#cell2?…". `share` in the toolbar writes such an address.
  function placed(element) {
    root = element;
    holding(root);
    const [, ordinal, query] = location.hash.match(new RegExp(`^#${kind}(\\d*)\\?(.*)`)) ?? [];
    if (query !== undefined && place() === (Number(ordinal) || 1)) requestAnimationFrame(() => follow(query));
  }
  const place = () => [...document.querySelectorAll(`[data-explorer="${kind}"]`)].filter(
    (one) => one === root || !one.closest(".lx-place")).indexOf(root) + 1;

  const linkButton = button("Link to this", async () => {
    const initial = { ...model.get("initial") };
    const differing = names.filter((name) => String(state[name]) !== String(initial[name] ?? state[name]));
    const query = new URLSearchParams(differing.filter((name) => name !== "preset").map((name) => [name, state[name]]));
    const nth = place();
    history.replaceState(null, "", `#${kind}${nth > 1 ? nth : ""}?${query}`);
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    linkButton.textContent = copied ? "Link copied" : "Link is in the address bar";
    setTimeout(() => { linkButton.textContent = "Link to this"; }, 2000);
  }, signal);

  const presetButtons = Object.entries(presets).map(([name, { label }]) =>
    [name, button(label, () => change(expand({ preset: name })), signal)]);
  const reset = button("Reset", () => change({ ...model.get("initial") }), signal);
  const look = html("p", { class: "lx-look" });
  const toolbar = html(
    "div", { class: "lx-presets", role: "group", "aria-label": "Presets" },
    ...presetButtons.map(([, element]) => element), reset, linkButton);
  let shown;
  const showPreset = () => {
    if (shown === state.preset) return;
    shown = state.preset;
    for (const [name, element] of presetButtons) element.setAttribute("aria-pressed", name === state.preset);
    look.textContent = presets[state.preset]?.look ?? "Your own setting. Reset brings the first one back.";
  };

  return { state, change, placed, see, toolbar, look, showPreset };
}

// Text as a value of the same type as the present one; undefined when it is none.
function convert(text, like) {
  if (typeof like === "number") return text.trim() && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (typeof like === "boolean") return { true: true, false: false }[text];
  if (Array.isArray(like)) {
    const numbers = text.split(",").map((one) => convert(one, 0));
    return numbers.includes(undefined) ? undefined : numbers;
  }
  return text;
}
