// On every page: what is wider than the page scrolls within itself, also for a reader without a pointer; paper
// is white.
addEventListener("DOMContentLoaded", async () => {
  const reach = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  await window.MathJax?.startup?.promise;
  await document.fonts.ready; // what grows within a box of one size is not told
  const wide = document.querySelectorAll(".bd-content :is(.math, mjx-container, table)");
  wide.forEach((one) => reach.observe(one));
});
{
  const { dataset } = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => { theme = dataset.theme; dataset.theme = "light"; });
  addEventListener("afterprint", () => { dataset.theme = theme; });
}
