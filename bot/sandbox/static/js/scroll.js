/** Keeps scrolled lists where they are: at the end where they were at the end, else where the reader left them. */

const NEAR_PX = 80;
const last = new Map();

/** Look before drawing; call what is returned after it. */
export function keepPlace(root) {
  const before = new Map();
  for (const box of root.querySelectorAll("[data-scroll]")) {
    before.set(box.dataset.scroll, box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
    last.set(box.dataset.scroll, box.scrollTop);
  }
  return () => {
    for (const box of root.querySelectorAll("[data-scroll]")) {
      const key = box.dataset.scroll;
      const fresh = !before.has(key);
      if (box.classList.contains("follow") && (fresh || before.get(key))) toEnd(box);
      else if (fresh) reveal(box, key);
    }
  };
}

function toEnd(box) {
  box.scrollTop = box.scrollHeight;
  // Messages out of sight have estimated heights until they come into sight.
  requestAnimationFrame(() => {
    box.scrollTop = box.scrollHeight;
  });
}

function reveal(box, key) {
  const mark = box.querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
  else box.scrollTop = last.get(key) ?? 0;
}
