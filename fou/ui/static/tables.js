// Tables wider than their place, on a phone above all, scroll sideways by themselves (fou.css). Here those get a
// place in the tab order and a name, so that they can be reached and scrolled without a mouse or a finger.
"use strict";
(() => {
  const NAME = "Tabell som går att rulla i sidled";
  const TABLES = "[data-testid='stMarkdownContainer'] table, [data-testid='stTable'] table";

  const settle = (box) => {
    const wide = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible";
    if (wide === (box.getAttribute("aria-label") === NAME)) return;
    if (wide) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", NAME);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  };
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) settle(target.tagName === "TABLE" ? target.parentElement ?? target : target);
  });
  const watch = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const found = root.matches(TABLES) ? [root] : root.querySelectorAll(TABLES);
    for (const table of found) {
      sizes.observe(table);
      sizes.observe(table.parentElement);
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(watch);
  }).observe(document.documentElement, { subtree: true, childList: true });
  watch(document.documentElement);
})();
