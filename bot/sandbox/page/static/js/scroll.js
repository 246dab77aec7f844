/**
 * Keeps scrolled lists where they are: at the end where they were at the end, else where the reader left them.
 * A message that is taller than its list is shown from its beginning, for that is where reading begins.
 */

const NEAR_PX = 80;
const ABOVE_PX = 8;
const last = new Map();

/** Look before drawing; call what is returned after it. */
export function keepPlace(root) {
  const before = new Map();
  for (const box of root.querySelectorAll("[data-scroll]")) {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    before.set(box.dataset.scroll, { atEnd, newest: newest(box)?.dataset.ts });
    last.set(box.dataset.scroll, box.scrollTop);
  }
  return () => {
    for (const box of root.querySelectorAll("[data-scroll]")) {
      const key = box.dataset.scroll;
      const known = before.get(key);
      const fresh = !known;
      const said = newest(box)?.classList.contains("mine") && newest(box).dataset.ts !== known?.newest;
      if (box.classList.contains("follow") && (fresh || known.atEnd || said)) toEnd(box);
      else if (fresh) reveal(box, key);
    }
  };
}

const newest = (box) => [...box.querySelectorAll(".message")].at(-1);

function toEnd(box) {
  const settle = () => {
    const message = newest(box);
    const tall = message && message.offsetHeight > box.clientHeight;
    box.scrollTop = tall ? message.offsetTop - box.offsetTop - ABOVE_PX : box.scrollHeight;
  };
  settle();
  // Messages out of sight have estimated heights until they come into sight.
  requestAnimationFrame(settle);
}

function reveal(box, key) {
  const mark = box.querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
  else box.scrollTop = last.get(key) ?? 0;
}
