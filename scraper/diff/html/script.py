"""The page's script: it only adds steps by key, and is not needed to read or to step by links."""

SCRIPT = """
(() => {
  "use strict";
  const steps = [...document.querySelectorAll(".step")];
  const [bar, said, keys] = ["bar", "at", "keys"].map((id) => document.getElementById(id));
  if (!steps.length || !bar) return;
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  document.getElementById("first").hidden = true;
  let last = -1; // where the last step led, until the reader scrolls away from it
  for (const way of ["wheel", "touchmove"]) addEventListener(way, () => { last = -1; }, { passive: true });
  const line = () => bar.offsetHeight + 40; // where the bar ends once it stays
  const here = () => {
    const focused = document.activeElement && document.activeElement.closest(".step");
    if (focused) return steps.indexOf(focused);
    if (last >= 0) return last;
    return steps.findLastIndex((step) => step.getBoundingClientRect().top < line());
  };
  const tell = (unseen, seen) => {
    const span = document.createElement("span");
    span.className = "said";
    span.textContent = unseen;
    said.replaceChildren(span, seen);
  };
  const go = (by) => {
    const to = Math.min(Math.max(here() + by, 0), steps.length - 1), step = steps[to];
    last = to;
    const fold = step.querySelector(":scope > details");
    if (fold) fold.open = true;
    step.focus({ preventScroll: true });
    step.scrollIntoView({ block: "start" });
    tell("Change ", `${to + 1} of ${steps.length}`);
    try { history.replaceState(null, "", "#" + step.id); } catch { /* not everywhere may a page name itself anew */ }
  };
  const ways = { j: 1, n: 1, ArrowRight: 1, k: -1, p: -1, ArrowLeft: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !keys.checked) return;
    if (event.target.closest("input, textarea, select, .scroll") || !Object.hasOwn(ways, event.key)) return;
    event.preventDefault();
    go(ways[event.key]);
  });
  document.getElementById("previous").addEventListener("click", () => go(-1));
  document.getElementById("next").addEventListener("click", () => go(1));
  tell("", `${steps.length} ${steps.length === 1 ? "change" : "changes"}`);
})();
"""
