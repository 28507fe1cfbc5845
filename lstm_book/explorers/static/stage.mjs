// Where an explorer stands while it is used: beside the text on a wide window, at the foot of a narrow one.
import { button, html, put } from "./parts.mjs";

const WIDE = matchMedia("screen and (min-width: 1200px) and (min-height: 480px)"); // as in explorer.css
const standing = []; // on this page, in no order
const inBook = (root) => root.closest(".bd-article");
const beside = (root) => WIDE.matches && inBook(root);
const atFoot = (root) => !WIDE.matches && !root.closest(".jp-Notebook, .jp-OutputArea");
// What the reader goes on to: there an explorer at the foot has had its say.
const NEXT = "h2, h3, figure, .lx-place, .lx-lane";
const headOf = () => document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
const byPlace = (one, other) => (one.root.compareDocumentPosition(other.root) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);

// A link means the explorer of its kind that follows it, or else the last one on the page.
export function meant(link, kind) {
  const all = [...document.querySelectorAll(`[data-explorer="${kind}"]`)];
  return all.find((one) => link.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? all.at(-1);
}

// Each explorer has a lane beside the text, from its place, or the first words that speak of it, to the next one's.
function lay() {
  const all = standing.toSorted(byPlace);
  const article = all.length && inBook(all[0].root);
  if (!article) return;
  const wide = WIDE.matches;
  const origin = article.getBoundingClientRect().top;
  const top = ({ root, lane, kind }, k) => {
    if (k === 0) return 0;
    const first = [...article.querySelectorAll(`a[href^="#${kind}?"]`)].find((link) => meant(link, kind) === root);
    const mine = [lane.parentElement, first?.closest("p, li, dd, h2, h3") ?? lane.parentElement];
    return Math.min(...mine.map((one) => one.getBoundingClientRect().top)) - origin;
  };
  const tops = all.map(top);
  const end = article.getBoundingClientRect().height;
  all.forEach(({ root, lane }, k) => {
    if (!wide) {
      lane.style.removeProperty("top");
      lane.style.removeProperty("height");
      return;
    }
    const room = (tops[k + 1] ?? end) - tops[k];
    const start = k + 1 === all.length ? Math.min(tops[k], Math.max(0, end - root.offsetHeight)) : tops[k];
    lane.style.top = `${start}px`;
    lane.style.height = `${Math.max(room + tops[k] - start, 0)}px`;
  });
}

const shareSeen = (part, top, bottom) => {
  const box = part.getBoundingClientRect();
  const seen = Math.min(box.bottom, bottom) - Math.max(box.top, top);
  return box.height ? seen / box.height : 0;
};

// Bring a part of an explorer that scrolls within itself into its window.
function reveal(root, part) {
  const [box, inner] = [root.getBoundingClientRect(), part.getBoundingClientRect()];
  for (let fold = part.closest("details"); fold && root.contains(fold); fold = fold.parentElement.closest("details")) fold.open = true;
  const head = root.querySelector(":scope > .lx-sheet-head")?.offsetHeight ?? 0;
  if (inner.top < box.top + head) root.scrollTop += inner.top - box.top - head - 8;
  else if (inner.bottom > box.bottom) root.scrollTop += Math.min(inner.bottom - box.bottom + 8, inner.top - box.top - head - 8);
}

const stood = (root) => root.dispatchEvent(new Event("lx-stand"));

export function stage({ root, kind, lane, signal }) {
  const self = { root, kind, lane };
  let caller; // the link that called it to where it stands now
  let next; // what comes after that
  standing.push(self);
  const article = inBook(root);
  const watch = article && new ResizeObserver(lay);
  watch?.observe(article);
  WIDE.addEventListener("change", () => { release(); lay(); }, { signal });

  const pull = button("", () => {
    open(!root.classList.contains("lx-pulled"));
    stood(root);
  }, signal);
  function open(pulled) {
    root.classList.toggle("lx-pulled", pulled);
    pull.textContent = pulled ? "Less" : "All of it";
    pull.setAttribute("aria-expanded", pulled);
  }
  open(false);
  const close = button("×", () => release(true), signal);
  close.setAttribute("aria-label", "Put it back into the page");
  const title = html("span", { class: "lx-sheet-title" });
  const head = html("div", { class: "lx-sheet-head" }, title, pull, close);
  root.prepend(head);
  const recall = button("▲ Explorer", () => {
    const text = [...(article ?? document.body).querySelectorAll("p, li, dd, h2, h3")];
    lift(text.find((one) => !root.contains(one) && one.getBoundingClientRect().bottom > headOf() + 40) ?? lane);
  }, signal);
  put(recall, { class: "lx-recall", "aria-label": "Show the explorer again" });
  recall.hidden = true;
  lane.append(recall);

  function release(again) {
    recall.hidden = true;
    if (!root.classList.contains("lx-sheet") && !root.classList.contains("lx-called")) return;
    const back = again && root.contains(document.activeElement) && caller;
    root.classList.remove("lx-sheet", "lx-called");
    open(false);
    lane.style.removeProperty("min-height");
    for (const other of standing) other.root.classList.remove("lx-behind");
    caller = next = undefined;
    stood(root);
    if (back) back.focus();
  }

  // Once the reader is back at its place, or far from the words that called it, it stands in its place again.
  addEventListener("scroll", () => {
    if (!caller && recall.hidden) return;
    const { top: start, bottom: end } = lane.getBoundingClientRect();
    const middle = innerHeight / 2;
    const atPlace = start < middle && end > middle;
    if (!caller) recall.hidden = atPlace;
    else if (root.classList.contains("lx-sheet")) {
      const { top, bottom } = caller.getBoundingClientRect();
      const far = bottom < -innerHeight || top > 1.5 * innerHeight;
      const on = bottom < headOf() && next?.getBoundingClientRect().top < root.getBoundingClientRect().top;
      if (atPlace && !lane.contains(caller)) release();
      else if (far || on) {
        release();
        recall.hidden = atPlace;
      }
    } else {
      const { top, bottom } = caller.getBoundingClientRect();
      if (bottom < -innerHeight || top > 2 * innerHeight) release();
    }
  }, { passive: true, signal });
  root.addEventListener("focusin", () => {
    if (root.classList.contains("lx-behind")) for (const other of standing) other.release();
  }, { signal });
  addEventListener("keydown", ({ key }) => key === "Escape" && root.classList.contains("lx-sheet") && release(true), { signal });
  // A sheet that grows, for a sentence or a slider more, leaves the words in sight.
  const grows = new ResizeObserver(() => {
    if (!caller || !root.matches(".lx-sheet:not(.lx-pulled)")) return;
    const { top, bottom } = caller.getBoundingClientRect();
    if (bottom > headOf() && top < innerHeight) keep(caller);
  });
  grows.observe(root);
  signal.addEventListener("abort", () => {
    watch?.disconnect();
    grows.disconnect();
    recall.remove();
    standing.splice(standing.indexOf(self), 1);
    release();
  });

  // The controls that the paragraph of a link names: these the sheet shows
  function name(link, names) {
    const block = link.closest("p, li, dd, td") ?? link;
    const queries = [...block.querySelectorAll(`a[href^="#${kind}"]`)].flatMap((one) =>
      [...new URLSearchParams(one.getAttribute("href").split("?")[1]).keys()]);
    const named = new Set([...queries, ...names, link.dataset.about]);
    for (const control of root.querySelectorAll(".lx-slider")) control.classList.toggle("lx-named", named.has(control.dataset.part));
  }

  // It stands at the foot of the window, beside the words `from`.
  function lift(from) {
    recall.hidden = true;
    if (!root.classList.contains("lx-sheet")) {
      lane.style.minHeight = `${lane.offsetHeight}px`;
      root.classList.add("lx-sheet");
      stood(root);
    }
    caller = from;
    const after = (one) => from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    next = [...(article ?? document.body).querySelectorAll(NEXT)].find((one) =>
      after(one) && !lane.contains(one) && one.getClientRects().length);
    const said = root.querySelector(".lx-look > :not(.lx-hidden)")?.textContent ?? "";
    title.textContent = root.querySelector('.lx-presets [aria-pressed="true"]') ? said : "";
  }

  // The reader has followed `link`: what it is about comes into sight, and the link stays there.
  function act(link, names) {
    const part = (link?.dataset.about && root.querySelector(`[data-part~="${link.dataset.about}"]`)) || root.querySelector(".lx-view");
    if (link && atFoot(root)) {
      const inSight = part && shareSeen(part, 0, innerHeight) > 0.95 && !root.classList.contains("lx-sheet");
      if (!inSight) {
        for (const other of standing) if (other !== self) other.release();
        name(link, names);
        root.classList.toggle("lx-shows-diagram", link.dataset.about === "diagram");
        lift(link);
      }
    } else if (beside(root)) {
      for (const other of standing) if (other !== self) other.release();
      const { top, bottom } = root.getBoundingClientRect();
      if (!root.classList.contains("lx-called") && (top < 0 || bottom > innerHeight + 1 || top > innerHeight / 3)) {
        for (const other of standing) if (other !== self) other.root.classList.add("lx-behind");
        root.classList.add("lx-called");
        caller = link ?? root;
      }
    } else {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      root.scrollIntoView({ block: "nearest", behavior: still || link ? "instant" : "smooth" });
    }
    if (part) reveal(root, part);
    if (link) keep(link);
  }

  // The words of the link stay between the head of the page and the sheet.
  function keep(link) {
    const foot = root.classList.contains("lx-sheet") ? root.getBoundingClientRect().top : innerHeight;
    const head = headOf();
    const block = (link.closest("p, li, dd, td") ?? link).getBoundingClientRect();
    const words = link.getBoundingClientRect();
    const { top, bottom } = block.height < foot - head - 16 ? block : words;
    const over = bottom + 12 - foot;
    const under = head + 8 - top;
    if (over > 0) scrollBy({ top: over, behavior: "instant" });
    else if (under > 0 && words.top < head) scrollBy({ top: -under, behavior: "instant" });
  }

  self.release = release;
  lay();
  return { act };
}
