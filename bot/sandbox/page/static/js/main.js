/** Starts the page: who one is, where one is, and drawing what has changed. */

import { render } from "../vendor/lit-html/lit-html.js";
import { loadEmoji } from "./emoji.js";
import { followLinks, openPermalink, uncoverFocus } from "./links.js";
import { closePane } from "./panes.js";
import { keepPlace } from "./scroll.js";
import { go, shell } from "./shell.js";
import { become, changed, learn, state, watch } from "./state.js";
import { drawView } from "./view.js";

const app = document.getElementById("app");

function draw() {
  if (!state.ready || !state.channels.has(state.channel)) return;
  const settle = keepPlace(app);
  render(shell(), app);
  drawView();
  drawNotice(app.querySelector(".notice"));
  settle();
  uncoverFocus();
  const unread = [...state.unread.values()].reduce((sum, count) => sum + count, 0);
  document.title = `${unread ? `(${unread}) ` : ""}Crosscheck sandbox`;
}

/** A notice stands above everything, modals included. */
function drawNotice(box) {
  const open = box.matches(":popover-open");
  if (open) box.hidePopover();
  if (state.notice) box.showPopover();
}

function keys(event) {
  if (event.key === "Escape" && !state.view && state.panes.length && !event.defaultPrevented) {
    closePane();
    document.querySelector(".main .composer textarea")?.focus();
  } else if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    document.querySelector(".side .place")?.focus();
  }
}

async function start() {
  app.querySelector(".loading")?.remove();
  watch(draw);
  followLinks(document);
  document.addEventListener("keydown", keys);
  await Promise.all([loadEmoji(), become(localStorage.getItem("person"))]);
  if (!openPermalink(new URL(location.href))) go(state.channels.keys().next().value);
  await learn();
  changed();
}

start().catch((failure) => {
  app.textContent = `The workspace cannot be opened: ${failure.message}`;
});
