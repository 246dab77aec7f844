/** A channel's messages, and one message. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { blocks, extras } from "./blocks.js";
import { agreed } from "./dialog.js";
import { emoji } from "./emoji.js";
import { openPane } from "./links.js";
import { act, changed, isReply, list, person, state } from "./state.js";
import { mrkdwn } from "./text.js";
import { clock, day, full } from "./time.js";

const GROUP_S = 300;
const pressed = new Map();

const shade = (id) => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;

const initials = (name) => name.split(" ").map((word) => word[0]).slice(0, 2).join("");

export const avatar = (who) =>
  who.id === state.bot
    ? html`<img class="avatar" src="/static/icon.svg" alt="">`
    : html`<span class="avatar shade-${shade(who.id)}" aria-hidden="true">${initials(who.real_name)}</span>`;

function placeOf(channel, message) {
  const key = `${channel} ${message.ts}`;
  return {
    names: { channel, ts: message.ts },
    growing: message.streaming,
    pressed: pressed.get(key),
    press: (value) => {
      pressed.set(key, new Set([value]));
      changed();
    },
  };
}

function body(channel, message) {
  const { slack } = message;
  if (state.editing === message.ts) return editor(channel, message);
  const place = placeOf(channel, message);
  if (slack.subtype === "tombstone") return html`<div class="muted">${slack.text}</div>`;
  return html`
    ${slack.blocks?.length ? blocks(place, slack.blocks) : html`<div class="words">${mrkdwn(slack.text)}</div>`}
    ${message.streaming && !slack.blocks?.length ? html`<span class="dots" aria-label="writing"><i></i><i></i><i></i></span>` : nothing}
    ${slack.edited && message.user !== state.bot ? html`<span class="edited">(edited)</span>` : nothing}
    ${extras(place, slack)}
    ${slack.reactions?.length ? html`<div class="reactions">${slack.reactions.map((r) => html`<span class="reaction">${emoji(r.name)} ${r.count}</span>`)}</div>` : nothing}`;
}

function editor(channel, message) {
  const finish = (text) => {
    state.editing = null;
    changed();
    if (text !== null && text.trim() && text !== message.slack.text) act("edit", { channel, ts: message.ts, text });
  };
  const keys = (event) => {
    if (event.key === "Escape") finish(null);
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      finish(event.target.value);
    }
  };
  return html`
    <div class="editor">
      <textarea class="field" aria-label="Edit message" rows="2" .value=${message.slack.text} @keydown=${keys}></textarea>
      <div class="actions">
        <button type="button" class="button" @click=${() => finish(null)}>Cancel</button>
        <button type="button" class="button primary" @click=${(event) => finish(event.target.closest(".editor").querySelector("textarea").value)}>Save</button>
      </div>
    </div>`;
}

async function remove(channel, message) {
  const confirm = {
    title: { type: "plain_text", text: "Delete message" },
    text: { type: "plain_text", text: "Delete this message? This cannot be undone." },
    confirm: { type: "plain_text", text: "Delete" },
    style: "danger",
  };
  if (await agreed(confirm)) act("delete", { channel, ts: message.ts });
}

function startEditing(message) {
  state.editing = message.ts;
  changed(() => document.querySelector(".editor textarea")?.focus());
}

function tools(channel, message, inThread) {
  const mine = message.user === state.me;
  const tool = (label, mark, doing) =>
    html`<button type="button" class="tool" title=${label} aria-label=${label} @click=${doing}>${mark}</button>`;
  return html`
    <div class="tools" role="group" aria-label="Message actions">
      ${inThread || message.private ? nothing : tool("Reply in thread", "↩", () => openPane({ kind: "thread", channel, ts: message.ts }))}
      ${message.private ? nothing : state.shortcuts.filter((s) => s.type === "message").map((shortcut) =>
        tool(shortcut.name, "⌕", () => act("shortcut", { callback: shortcut.callback_id, channel, ts: message.ts })))}
      ${mine ? tool("Edit message", "✎", () => startEditing(message)) : nothing}
      ${mine ? tool("Delete message", "🗑", () => remove(channel, message)) : nothing}
      ${tool("What is behind this message", "{ }", () => openPane({ kind: "details", channel, ts: message.ts }))}
    </div>`;
}

function replies(channel, message) {
  const count = message.slack.reply_count;
  const status = (state.around.get(channel)?.statuses ?? []).find((s) => s.thread_ts === message.ts);
  const streaming = list(channel).some((m) => m.streaming && m.thread_ts === message.ts);
  if (!count && !status) return nothing;
  const working = status || streaming;
  const latest = message.slack.latest_reply;
  return html`
    <button type="button" class="replies" @click=${() => openPane({ kind: "thread", channel, ts: message.ts })}>
      ${working ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}
      <span>${count ? `${count} ${count === 1 ? "reply" : "replies"}` : ""}</span>
      <span class="muted">${working ? statusWords(status) : latest ? `last at ${clock(latest)}` : ""}</span>
    </button>`;
}

const statusWords = (status) => (status ? `Crosscheck ${status.text}` : "Crosscheck is writing…");

/** What the bot says that it is doing, under a thread or a direct message. */
export function statusLine(channel, threadTs) {
  const around = state.around.get(channel);
  const here = (found) => found.filter((s) => threadTs === undefined || s.thread_ts === threadTs);
  const status = here(around?.statuses ?? []).at(-1);
  const busy = here(around?.sessions ?? []).find((s) => s.status === "processing");
  if (!status && !busy) return nothing;
  const stop = () => act("stop", { channel, thread_ts: (busy ?? status).thread_ts });
  return html`
    <div class="status" role="status">
      <span class="spinner" aria-hidden="true"></span>
      <span>${status ? html`Crosscheck ${status.text}` : "Crosscheck is working…"}</span>
      ${status?.loading_messages?.length ? html`<span class="muted">${status.loading_messages.at(-1)}</span>` : nothing}
      ${busy && state.stoppable ? html`<button type="button" class="button" @click=${stop}>Stop</button>` : nothing}
    </div>`;
}

function keys(channel, message, inThread) {
  return (event) => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) {
      let next = event.currentTarget[step];
      while (next && !next.classList.contains("message")) next = next[step];
      next?.focus();
    } else if (event.key === "Enter" && !inThread && !message.private) openPane({ kind: "thread", channel, ts: message.ts });
    else if (event.key === "e" && message.user === state.me) startEditing(message);
    else return;
    event.preventDefault();
  };
}

export function message(channel, found, { follows = false, inThread = false } = {}) {
  const who = person(found.user);
  const classes = `message${follows ? " follows" : ""}${found.private ? " private" : ""}${found.streaming ? " streaming" : ""}${found.user === state.me ? " mine" : ""}`;
  return html`
    <article class=${classes} tabindex="0" data-ts=${found.ts} aria-label="${who.real_name}, ${clock(found.ts)}" @keydown=${keys(channel, found, inThread)}>
      <div class="gutter">${follows ? html`<time class="small-time" title=${full(found.ts)}>${clock(found.ts)}</time>` : avatar(who)}</div>
      <div class="message-main">
        ${found.private ? html`<div class="only-you">Only visible to you</div>` : nothing}
        ${follows ? nothing : html`
          <div class="byline"><span class="name">${who.real_name}</span>${who.is_bot ? html`<span class="badge">APP</span>` : nothing}
            <time title=${full(found.ts)}>${clock(found.ts)}</time></div>`}
        <div class="message-body">${body(channel, found)}</div>
        ${inThread ? nothing : replies(channel, found)}
      </div>
      ${tools(channel, found, inThread)}
    </article>`;
}

const follows = (before, found) =>
  before && before.user === found.user && !before.private && !found.private && found.ts - before.ts < GROUP_S && day(before.ts) === day(found.ts);

/** Messages in order, with a line between days. Each is drawn again only when something of it has changed. */
export function messageList(channel, found, inThread = false) {
  const around = state.around.get(channel);
  return repeat(found, (each) => each.ts, (each, at) => {
    const before = found[at - 1];
    const newDay = !inThread && (!before || day(before.ts) !== day(each.ts));
    const after = follows(before, each) && !newDay;
    const marks = [each, after, newDay, state.editing === each.ts, state.me, inThread, pressed.get(`${channel} ${each.ts}`), inThread || around, state.people, state.shortcuts];
    return guard(marks, () => html`
      ${newDay ? html`<div class="day" role="separator"><span>${day(each.ts)}</span></div>` : nothing}
      ${message(channel, each, { follows: after, inThread })}`);
  });
}

export const topLevel = (channel) => list(channel).filter((found) => !isReply(found) || found.broadcast);
