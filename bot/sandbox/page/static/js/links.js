/** Where a click on a link leads: an article of the coverage opens here, at the cited sentence. */

import { dev } from "./api.js";
import { articleText } from "./article.js";
import { look } from "./dialog.js";
import { changed, notice, state } from "./state.js";

/** The sentence that a link names, by number or text; else those that the message around it quotes. */
function sentenceOf(address, around) {
  const fragment = address.hash.slice(1);
  const parameter = address.searchParams.get("sentence") ?? new URLSearchParams(fragment).get("sentence");
  if (parameter) return { number: Number(parameter) };
  const text = /:~:text=([^&]*)/.exec(fragment);
  if (!text) return { within: around };
  const parts = text[1].split(",").map(decodeURIComponent);
  return { text: parts.find((part) => !part.endsWith("-") && !part.startsWith("-")) };
}

function bare(address) {
  const found = new URL(address);
  found.hash = "";
  found.searchParams.delete("sentence");
  return found.href;
}

export async function openLink(url, around = "") {
  let address;
  try {
    address = new URL(url);
  } catch {
    return;
  }
  if (!["http:", "https:"].includes(address.protocol)) return;
  if (address.origin === location.origin) {
    if (!openPermalink(address)) window.open(url, "_blank", "noopener");
    return;
  }
  const article = await dev("articles", { url: bare(url) });
  if (article?.sentences) {
    const wanted = sentenceOf(address, around);
    if (state.view) look(article.outlet, articleText(article, wanted));
    else openPane({ kind: "article", article, wanted });
  } else if (address.hostname.endsWith("example.org")) {
    notice("That article is not in the coverage.");
  } else {
    window.open(url, "_blank", "noopener,noreferrer");
  }
}

/** A message's own address, as chat.getPermalink gives it. */
export function openPermalink(address) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(address.pathname);
  if (!found || !state.channels.has(found[1])) return false;
  const [, channel, seconds, micro] = found;
  state.channel = channel;
  state.panes = [{ kind: "thread", channel, ts: `${seconds}.${micro}` }];
  changed();
  return true;
}

const PHONE = matchMedia("(max-width: 800px)");

/** Into the pane; on a phone not into its box, or the keyboard would cover what is to be read. */
function focusPane() {
  const pane = document.querySelector(".pane");
  const box = PHONE.matches ? null : pane?.querySelector(".composer textarea");
  (box ?? pane)?.focus();
}

/** On a phone a thread that opens by itself lies over what had the focus, so it takes the focus along. */
export function uncoverFocus() {
  if (PHONE.matches && document.activeElement.closest(".main")) focusPane();
}

/** Lay a pane over the one that is open; "back" returns to it. */
export function openPane(pane) {
  const last = state.panes.at(-1);
  state.panes = last && last.kind === pane.kind ? [...state.panes.slice(0, -1), pane] : [...state.panes, pane];
  changed(focusPane);
}

export async function openArticle(id) {
  const article = await dev(`articles/${encodeURIComponent(id)}`);
  if (article) openPane({ kind: "article", article, wanted: {} });
  else notice("That article is not in the coverage.");
}

/** Every click on a link passes here, wherever it was drawn. */
export function followLinks(root) {
  root.addEventListener("click", (event) => {
    const found = event.target.closest?.("a.link, a.cite");
    if (!found || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openLink(found.href, found.closest(".message, dialog")?.textContent ?? "");
  });
}
