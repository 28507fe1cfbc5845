// On every page: what is wider than the page scrolls within itself, also for a reader without a pointer; paper
// is white.
addEventListener("DOMContentLoaded", async () => {
  const box = (one) => one.closest(".pst-scrollable-table-container") ?? one; // the theme measures too early
  const reach = new ResizeObserver((seen) => new Set(seen.map(({ target }) => box(target))).forEach((one) => {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }));
  await document.fonts.ready; // what grows within a box of one size is not told
  const wide = document.querySelectorAll(".bd-content :is(.math, table)");
  wide.forEach((one) => reach.observe(one));
});
// Mathematics is copied as the TeX that it was made of, between dollars.
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const around = (node) => (node.closest ? node : node.parentElement).closest("math");
  const [first, last] = [around(range.startContainer), around(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  const formulas = copy.querySelectorAll("math");
  if (!formulas.length) return;
  event.clipboardData.setData("text/html", copy.innerHTML);
  formulas.forEach((one) => {
    const dollars = one.getAttribute("display") === "block" ? "$$" : "$";
    one.replaceWith(dollars + one.querySelector("annotation").textContent + dollars);
  });
  document.body.append(copy); // what is laid out knows its lines
  event.clipboardData.setData("text/plain", copy.innerText);
  copy.remove();
  event.preventDefault();
});
{
  const { dataset } = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => { theme = dataset.theme; dataset.theme = "light"; });
  addEventListener("afterprint", () => { dataset.theme = theme; });
}
