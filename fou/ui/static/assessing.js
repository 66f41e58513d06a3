// Judging applications (fou/ui/assessing.py): what is typed is sent while one types, a value is chosen by its digit,
// and the next application begins at its top.
"use strict";
(() => {
  const PAUSE = 1000; // ms of stillness before what is typed is sent
  const TYPED = "[class*='st-key-skriv-'] textarea";
  const VALUES = "[class*='st-key-varde-'] [role='radio']";
  const NEXT = ".st-key-bedomning-vidare button";
  const SHOWN = "[class*='st-key-bedoms-']";
  const waiting = new Map();

  // Streamlit sends a text when the field is left, and at Ctrl+Enter.
  const send = (field) => {
    clearTimeout(waiting.get(field));
    waiting.delete(field);
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.(TYPED) || event.isComposing) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => send(field), PAUSE));
  });
  // A phone may never come back to a page that it has put away.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") [...waiting.keys()].forEach(send);
  });

  // Of 0–10 the 10 is a 1 and then, at once, a 0.
  let last = { group: null, digits: "", at: 0 };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!/^[0-9]$/.test(key) || event.ctrlKey || event.metaKey || event.altKey || !target.matches?.(VALUES)) return;
    const group = target.closest("[role='radiogroup']");
    const again = last.group === group && event.timeStamp - last.at < 700;
    const options = [...group.querySelectorAll("[role='radio']")];
    const named = (digits) => options.find((option) => option.textContent.trim() === digits);
    const digits = again && named(last.digits + key) ? last.digits + key : key;
    const option = named(digits);
    last = { group, digits, at: event.timeStamp };
    if (!option) return;
    event.preventDefault();
    option.focus();
    if (option.getAttribute("aria-checked") !== "true") option.click();
  });

  // The next application is drawn where the last one was.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(NEXT)) return;
    const before = document.querySelector(SHOWN)?.className;
    const until = performance.now() + 10_000;
    const look = () => {
      if (performance.now() > until) return;
      const shown = document.querySelector(SHOWN);
      const boxes = shown && shown.className !== before ? [...shown.querySelectorAll(VALUES)] : [];
      // Until the run is over what is drawn may be drawn anew, and what is in focus is then gone.
      const running = !document.querySelector("[data-test-script-state=notRunning]");
      if (running || !boxes.length) return requestAnimationFrame(look);
      shown.scrollIntoView({ block: "start" });
      (boxes.find((box) => box.tabIndex === 0) ?? boxes[0]).focus({ preventScroll: true });
    };
    requestAnimationFrame(look);
  });
})();
