// A widget that still moves after its kernel went away says so, unless the kernel answers.

export function listened(render) {
  return (given) => {
    const { model, el } = given;
    const heard = {
      comm_live_update() {
        el.classList.add("lx-alone");
        try { model.send({}); } catch { /* there is none to answer */ }
      },
      "msg:custom": () => el.classList.remove("lx-alone"),
    };
    for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
    const clean = render(given);
    return () => {
      for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
      clean();
    };
  };
}
