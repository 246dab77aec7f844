/** Slack's two markups: mrkdwn (sections, context, people's own words) and real Markdown (markdown blocks, streams). */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { unsafeHTML } from "../vendor/lit-html/directives/unsafe-html.js";
import MarkdownIt from "../vendor/markdown-it.js";
import DOMPurify from "../vendor/purify.js";
import { named } from "./emoji.js";
import { person, state } from "./state.js";
import { slackDate } from "./time.js";

const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export const plain = (text) => named(decode(text ?? ""));

export const mention = (name, own = false) => html`<span class=${own ? "mention own" : "mention"}>${name}</span>`;

export const userMention = (id) => mention(`@${person(id).name}`, id === state.me);

export const channelMention = (id) => mention(`#${state.channels.get(id)?.name ?? id}`);

/** A link; a bare number is a citation. Where it leads is decided on the click, in `links.js`. */
export function link(url, text) {
  if (!/^(https?|mailto):/i.test(url)) return text || url;
  const cites = typeof text === "string" && /^\[?\d{1,3}\]?$/.test(text);
  return html`<a href=${url} class=${cites ? "cite" : "link"} rel="noreferrer">${text || url}</a>`;
}

// In this order: code, what stands in angle brackets, then bold, italic and struck text at word boundaries.
const TOKEN =
  /```([\s\S]+?)```|`([^`\n]+)`|<([^>\n]+)>|(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/g;

function inline(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > at) parts.push(plain(text.slice(at, found.index)));
    const [, pre, code, angle, bold, italic, struck] = found;
    if (pre) parts.push(html`<pre class="code">${decode(pre).replace(/^\n/, "")}</pre>`);
    else if (code) parts.push(html`<code>${decode(code)}</code>`);
    else if (angle) parts.push(angled(angle));
    else if (bold) parts.push(html`<strong>${inline(bold)}</strong>`);
    else if (italic) parts.push(html`<em>${inline(italic)}</em>`);
    else parts.push(html`<s>${inline(struck)}</s>`);
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push(plain(text.slice(at)));
  return parts;
}

function angled(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return userMention(target.slice(1));
  if (target.startsWith("#")) return channelMention(target.slice(1));
  if (target.startsWith("!date^")) {
    const [, seconds, pattern] = target.split("^");
    return html`<time>${slackDate(seconds, pattern) || plain(label)}</time>`;
  }
  if (target.startsWith("!")) return mention(`@${target.slice(1).split("^")[0]}`, true);
  return link(decode(target), label === undefined ? undefined : plain(label));
}

/** mrkdwn, with its quoted lines; line breaks are kept by the style. */
export function mrkdwn(text) {
  if (!text) return nothing;
  const parts = [];
  let plainLines = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) parts.push(html`<blockquote>${inline(quoted.join("\n"))}</blockquote>`);
    if (plainLines.length) parts.push(html`<span class="lines">${inline(plainLines.join("\n"))}</span>`);
    quoted = [];
    plainLines = [];
  };
  for (const [index, piece] of text.split(/(```[\s\S]+?```)/).entries()) {
    if (index % 2) {
      plainLines.push(piece);
      continue;
    }
    for (const line of piece.split("\n")) {
      const quote = /^(&gt;|>)\s?(.*)$/.exec(line);
      if (quote ? plainLines.length : quoted.length) flush();
      (quote ? quoted : plainLines).push(quote ? quote[2] : line);
    }
  }
  flush();
  return parts;
}

const markdownIt = new MarkdownIt({ html: false, linkify: false, breaks: true, typographer: false });
markdownIt.renderer.rules.text = (tokens, at) => spoken(markdownIt.utils.escapeHtml(named(tokens[at].content)));
markdownIt.renderer.rules.image = (tokens, at) =>
  `<span class="no-image">${markdownIt.utils.escapeHtml(tokens[at].content || "image")}</span>`;

/** Mentions work in Markdown too, so whoever looks must see them. */
function spoken(escaped) {
  return escaped
    .replace(/&lt;@(\w+)(\|[^&]*)?&gt;/g, (all, id) => `<span class="mention">@${markdownIt.utils.escapeHtml(person(id).name)}</span>`)
    .replace(/&lt;!(\w+)[^&]*&gt;/g, '<span class="mention own">@$1</span>');
}

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("rel", "noreferrer");
    node.className = /^\[?\d{1,3}\]?$/.test(node.textContent) ? "cite" : "link";
  }
});

/** While a text grows, its last bold words may not be closed yet. */
const closed = (text) => ((text.match(/\*\*/g) ?? []).length % 2 ? `${text.trimEnd()}**` : text);

export function markdown(text, growing = false) {
  const clean = DOMPurify.sanitize(markdownIt.render(growing ? closed(text) : text ?? ""), {
    FORBID_TAGS: ["img", "style", "form", "input"],
    FORBID_ATTR: ["style", "id", "name"],
  });
  return html`<div class="markdown">${unsafeHTML(clean)}</div>`;
}

/** A text object of Block Kit. */
export const textOf = (object) =>
  !object ? nothing : object.type === "mrkdwn" ? mrkdwn(object.text) : html`<span class="lines">${plain(object.text)}</span>`;
