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

// The picture that stands there without JavaScript goes only once its explorer has drawn itself.
export function mountAll(renderers, root = document) {
  for (const place of root.querySelectorAll(".lx-place[data-state]")) {
    const live = document.createElement("div");
    const kind = place.querySelector("[data-explorer]").dataset.explorer;
    place.after(live);
    try {
      renderers[kind]({ model: pageModel(JSON.parse(place.dataset.state)), el: live });
    } catch (error) {
      live.remove();
      console.error(error); // the picture stays, and the others go on
      continue;
    }
    place.remove();
  }
}
