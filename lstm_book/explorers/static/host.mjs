// Mounts explorers on a published page, where no kernel lives: the same render({model, el}) that
// anywidget calls in JupyterLab, on a model that keeps its values in the page.

export function pageModel(state) {
  const values = { ...state };
  const listeners = new Map();
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) =>
      listeners.set(event, (listeners.get(event) ?? []).filter((one) => one !== listener)),
    save_changes() {},
  };
}

// The first explorer is mounted at once, while the page below it is still on its way; each of the others when the reader
// comes near, and all of them when something needs the whole page. Until then its still picture keeps the room.
export function mountNear(renderers) {
  const waiting = new Set();
  const near = new IntersectionObserver(
    (seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && mount(target)), { rootMargin: "150% 0px" });

  function mount(place) {
    waiting.delete(place);
    near.unobserve(place);
    place.classList.remove("lx-waits");
    const live = document.createElement("div");
    live.className = "lx-lane";
    place.replaceWith(live);
    try {
      renderers[place.querySelector("[data-explorer]").dataset.explorer]({ model: pageModel(JSON.parse(place.dataset.state)), el: live });
    } catch (error) {
      live.replaceWith(place);
      console.error(error); // the picture stays, and the others go on
    }
  }

  const mountAll = () => waiting.forEach(mount);
  // A jump has left no time to come near: what is mounted now is there before it is painted.
  const mountSeen = () => {
    for (const place of waiting) {
      const { top, bottom } = place.getBoundingClientRect();
      if (bottom > 0 && top < innerHeight) mount(place);
    }
  };

  function read() {
    const [{ type = "navigate" } = {}] = performance.getEntriesByType("navigation");
    for (const place of document.querySelectorAll(".lx-place[data-state]")) {
      if (place === first) continue;
      waiting.add(place);
      place.classList.add("lx-waits");
      near.observe(place);
    }
    if (location.hash || type !== "navigate") mountAll(); // the browser goes to a place whose height counts
  }

  addEventListener("scroll", mountSeen, { passive: true });
  for (const whole of ["beforeprint", "hashchange", "blur"]) addEventListener(whole, mountAll); // blur: perhaps to search the page
  addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    if (key === "Tab" || key === "F3" || ((ctrlKey || metaKey) && key === "f")) mountAll();
  }, { capture: true });
  addEventListener("click", ({ target }) => target.closest?.('a[href^="#"], .lx-wager') && mountAll(), { capture: true });

  const first = document.querySelector(".lx-place[data-state]");
  if (first) mount(first);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", read);
  else read();
}
