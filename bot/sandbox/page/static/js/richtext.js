/** rich_text blocks: text that Slack parses nowhere, so nothing here is parsed either. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { emoji } from "./emoji.js";
import { channelMention, link, mention, userMention } from "./text.js";
import { slackDate } from "./time.js";

function styled(content, style = {}) {
  let found = content;
  if (style.code) found = html`<code>${found}</code>`;
  if (style.strike) found = html`<s>${found}</s>`;
  if (style.italic) found = html`<em>${found}</em>`;
  if (style.bold) found = html`<strong>${found}</strong>`;
  if (style.underline) found = html`<u>${found}</u>`;
  return found;
}

const PARTS = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text),
  emoji: (part) => html`<span class="emoji" title=":${part.name}:">${emoji(part.name)}</span>`,
  user: (part) => userMention(part.user_id),
  channel: (part) => channelMention(part.channel_id),
  usergroup: (part) => mention(`@${part.usergroup_id}`),
  team: (part) => mention(`@${part.team_id}`),
  broadcast: (part) => mention(`@${part.range}`, true),
  date: (part) => html`<time>${slackDate(part.timestamp, part.format) || part.fallback}</time>`,
  color: (part) => html`<code>${part.value}</code>`,
};

const parts = (elements = []) =>
  elements.map((part) => (PARTS[part.type] ? styled(PARTS[part.type](part), part.style) : nothing));

function element(found) {
  if (found.type === "rich_text_list") {
    const items = found.elements.map((item) => html`<li>${parts(item.elements)}</li>`);
    const level = `list indent-${Math.min(found.indent ?? 0, 8)}`;
    return found.style === "ordered"
      ? html`<ol class=${level} start=${(found.offset ?? 0) + 1}>${items}</ol>`
      : html`<ul class=${level}>${items}</ul>`;
  }
  if (found.type === "rich_text_preformatted") return html`<pre class="code">${parts(found.elements)}</pre>`;
  if (found.type === "rich_text_quote") return html`<blockquote>${parts(found.elements)}</blockquote>`;
  return html`<div class="rich-section">${parts(found.elements)}</div>`;
}

export const richText = (block) => html`<div class="rich">${(block?.elements ?? []).map(element)}</div>`;
