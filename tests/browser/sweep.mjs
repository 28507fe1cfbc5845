// What there is to press on an explorer, and whether what it shows holds together. For tests/browser/test_controls.py.
export const PARTS =
  'button, input, select, summary, canvas, .lx-picture svg:not(svg svg), .lx > svg, [role="slider"], [role="checkbox"]';
export const controls = (root) => [...root.querySelectorAll(PARTS)];
const again = (root) => controls(root).find((one) => ["Reset", "Start again"].includes(one.textContent));

// All that a state consists of: inputs, bars, marks, chosen words, verdicts, numbers
export function snapshot(root) {
  const parts = controls(root).filter((one) => !one.matches("summary, canvas, svg"));
  return JSON.stringify([
    parts.map((one) => [one.name ?? one.textContent, one.value, one.checked, one.disabled, one.ariaValueNow, one.ariaChecked, one.ariaPressed]),
    [...root.querySelectorAll("td, .lx-quiz .lx-verdict")].map((one) => one.getAttribute("data-value") ?? one.textContent),
  ]);
}

// What does not hold together; the weights and the table of a cell, for lstm_lib to judge
export function look(root) {
  const wrong = [];
  for (const input of root.querySelectorAll('input[type="range"]')) {
    const shown = input.closest("label").querySelector(".lx-value").textContent.replace("\u2212", "-");
    if (Math.abs(Number(shown) - input.valueAsNumber) > 5e-5) wrong.push(`${input.name}: ${input.value} shown as ${shown}`);
  }
  const values = [...root.querySelectorAll("td")].map((cell) => cell.getAttribute("data-value"));
  const rows = root.querySelectorAll("tbody tr").length;
  const kind = root.dataset.explorer;
  const steps = { cell: ".lx-hit", memory: ".lx-hit", sentence: ".lx-chips button" }[kind];
  const wanted = steps ? root.querySelectorAll(steps).length : kind === "gradient" ? 200 : 0;
  if (rows !== wanted) wrong.push(`${rows} rows for ${wanted} steps`);
  if (/NaN|undefined|null|Infinity/.test(values.join())) wrong.push("a number of the table is none");
  if (/NaN|undefined|Infinity/.test(root.textContent)) wrong.push("NaN, undefined or Infinity on the page");
  const lines = [...root.querySelectorAll("[points]")].filter((one) => /NaN|Infinity/.test(one.getAttribute("points")));
  if (lines.length) wrong.push("a line of NaN");
  const weights = Object.fromEntries([...root.querySelectorAll('input[type="range"]')].map((one) => [one.name, one.valueAsNumber]));
  return { wrong, cell: kind === "cell" && { weights, numbers: values.map(Number) } };
}

// Each thing to press, in every way that an event can say: [what it is called, what to do]
function actions(root) {
  const fire = (one, event) => one.dispatchEvent(event);
  const key = (name) => (one) => fire(one, new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const to = (value, event = "input") => (one) => {
    one.value = typeof value === "function" ? value(one) : value;
    fire(one, new Event(event, { bubbles: true }));
  };
  const at = (x, y) => (one) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    fire(one, new MouseEvent("click", { clientX: left + x * width, clientY: top + y * height, bubbles: true }));
  };
  const press = (one) => one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  const twice = (one) => { press(one); press(one); };
  const ways = (one) => {
    if (one.matches('input[type="range"]')) {
      return [to((it) => it.min), to((it) => it.max), key("ArrowRight"), key("Home"), (it) => fire(it, new MouseEvent("dblclick"))];
    }
    if (one.matches('input[type="text"]')) {
      const answer = (text) => (it) => { to(text, "change")(it); key("Enter")(it); };
      return ["", "0.5", "1e999", "x y z", "."].map(answer);
    }
    if (one.matches("select")) return [...one.options].map(({ value }) => to(value, "change"));
    if (one.matches("canvas, svg")) return [at(0.02, 0.3), at(0.6, 0.3), at(0.99, 0.9)];
    if (one.matches('[role="slider"]')) return [key("ArrowUp"), key("Home"), key("ArrowLeft"), at(0.5, 0.5)];
    if (one.matches('[role="checkbox"]')) return [press, key(" ")];
    return one.textContent === "Play" || one.matches("summary") ? [twice] : [press];
  };
  const alike = (one, other) => one.tagName === other?.tagName && one.type === other.type;
  return controls(root).flatMap((one, k) => ways(one).map((way) => [`${k} ${one.name ?? one.textContent}`, () => {
    const now = controls(root)[k]; // words and bars come and go
    if (alike(one, now)) way(now);
  }]));
}

// Every action in a row, and where `each` says so, from the first state too; `prose` holds the links that mean this explorer.
export function sweep(root, prose, each) {
  const report = { kind: root.dataset.explorer, actions: 0, things: controls(root).length + prose.length, wrong: [], cells: [] };
  const first = snapshot(root);
  const reset = again(root);
  const links = prose.map((link) => [link.textContent, () => link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }))]);
  const all = [...actions(root), ...links];
  const judge = (name) => {
    report.actions++;
    const { wrong, cell } = look(root);
    report.wrong.push(...wrong.map((one) => `${name}: ${one}`));
    if (cell && report.actions % 5 === 0) report.cells.push(cell);
  };
  const back = (name) => {
    reset.click();
    if (snapshot(root) !== first) report.wrong.push(`${name}: Reset does not bring the first state back`);
    if (!reset.isConnected) report.wrong.push(`${name}: Reset is gone`);
  };
  for (const [name, act] of each ? all : []) {
    act();
    judge(name);
    back(name);
  }
  for (const [name, act] of all) {
    act();
    judge(`${name} after all before`);
  }
  back("all in a row");
  return report;
}
