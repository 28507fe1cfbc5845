// Where a state may come from beside the controls: a link in the prose, the page's address, Back and Forward.

// `read(query)` gives the state that a link means, if any, and `follow(state)` shows it; `leave()` gives the present one,
// and `back(state)` brings one of the history again. Gives what writes a query into the address.
import { meant } from "./stage.mjs";

export function addressed({ kind, root, read, follow, leave, back, signal }) {
  const place = () => [...document.querySelectorAll(`[data-explorer="${kind}"]`)].indexOf(root) + 1;
  // "#cell?…" means the first of its kind, "#cell2?…" the second.
  const hash = (query) => `${location.href.split("#")[0]}#${kind}${place() > 1 ? place() : ""}?${query}`;
  function asked() {
    const [, ordinal, query] = location.hash.match(new RegExp(`^#${kind}(\\d*)\\?(.*)`, "s")) ?? [];
    return query !== undefined && place() === Number(ordinal || 1) ? read(query) : undefined;
  }

  // Each entry of the history bears the number of this explorer's state there, and the state as it was at first, which
  // outlives the page; `left` holds each as it was left.
  const left = new Map();
  const entry = () => {
    const found = history.state?.explorers?.[kind + place()];
    return Number.isSafeInteger(found?.at) ? found : undefined;
  };
  let at = entry()?.at ?? 0;
  const stamped = () => (
    { ...history.state, explorers: { ...history.state?.explorers, [kind + place()]: { at, state: leave() } } });
  const stamp = () => history.replaceState(stamped(), "");

  // An entry without a stamp is new: a link that is the browser's own affair, or an address typed, has made it.
  let fresh = false;
  function arrive() {
    const there = entry();
    if (!there) {
      fresh = true;
      stamp();
    } else if (there.at !== at) {
      left.set(at, leave());
      at = there.at;
      back(left.get(at) ?? there.state);
    }
  }

  function go(next, link) {
    left.set(at, leave());
    at += 1;
    follow(next, link);
  }

  addEventListener("popstate", arrive, { signal });
  addEventListener("hashchange", () => {
    arrive(); // where the browser has not said so before
    const next = fresh && asked();
    fresh = false;
    if (!next) return;
    go(next);
    stamp();
  }, { signal });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(`a[href^="#${kind}?"]`);
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey; // a new tab, a download
    if (!link || elsewhere || event.defaultPrevented || meant(link, kind) !== root) return;
    event.preventDefault();
    const query = link.getAttribute("href").slice(kind.length + 2);
    const next = read(query);
    if (!next) return;
    stamp();
    go(next, link);
    history.pushState(stamped(), "", hash(query));
  }, { signal });

  const first = asked();
  stamp();
  if (first) requestAnimationFrame(() => {
    if (signal.aborted) return;
    follow(first);
    stamp();
  });
  // `quietly`: the first state needs no address of its own
  return (query, quietly) => {
    if (quietly && !query && !location.hash.startsWith(`#${kind}`)) return;
    history.replaceState(history.state, "", quietly && !query ? location.href.split("#")[0] : hash(query));
  };
}
