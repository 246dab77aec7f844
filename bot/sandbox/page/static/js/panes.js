/** What opens at the side: a thread, an article, what is behind a message. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { dev } from "./api.js";
import { articleText } from "./article.js";
import { composer } from "./composer.js";
import { messageList, statusLine } from "./messages.js";
import { changed, find, person, state, thread } from "./state.js";
import { published } from "./time.js";
import { tryIt } from "./tryit.js";

export function closePane() {
  state.panes = [];
  changed();
}

function back() {
  state.panes = state.panes.slice(0, -1);
  changed();
}

function frame(title, subtitle, inside) {
  return html`
    <header class="pane-head">
      ${state.panes.length > 1 ? html`<button type="button" class="icon" aria-label="Back" @click=${back}>←</button>` : nothing}
      <div><h2>${title}</h2>${subtitle ? html`<div class="muted">${subtitle}</div>` : nothing}</div>
      <button type="button" class="icon" aria-label="Close pane" @click=${closePane}>✕</button>
    </header>
    ${inside}`;
}

function threadPane({ channel, ts }) {
  const name = state.channels.get(channel)?.name;
  const found = thread(channel, ts);
  const label = "Reply…";
  return frame("Thread", name ? `#${name}` : "Crosscheck", html`
    <div class="pane-scroll follow" data-scroll="thread ${ts}">
      ${found.length ? messageList(channel, found, true) : html`<p class="empty">This message is no longer there.</p>`}
      ${statusLine(channel, ts)}
    </div>
    ${composer(channel, ts, label)}`);
}

const articlePane = ({ article, wanted }) => frame(article.outlet, published(article.published), html`
  <div class="pane-scroll article" data-scroll="article ${article.id} ${wanted.number ?? wanted.text ?? ""}">${articleText(article, wanted)}</div>`);

const traces = new Map();

/** What the bot tells of a message; asked for once it is finished, and while it grows it is not kept. */
function traceOf(channel, found) {
  const key = `${channel} ${found.ts}`;
  const known = traces.get(key);
  if (known?.of !== found) {
    const entry = { of: found, trace: known?.trace ?? null };
    traces.set(key, entry);
    dev("trace", { channel, ts: found.ts }).then((trace) => {
      entry.trace = trace;
      changed();
    });
    return entry.trace;
  }
  return known.trace;
}

const number = (value) => (value === null || value === undefined ? "not told" : value.toLocaleString("en-GB"));

function cost(trace) {
  if (!trace) return html`<p class="muted">The bot keeps no figures for this message.</p>`;
  const longest = Math.max(1, ...trace.stages.map((stage) => stage.ms));
  const total = trace.stages.reduce((sum, stage) => sum + stage.ms, 0);
  return html`
    <dl class="figures">
      <div><dt>Model calls</dt><dd>${number(trace.calls)}</dd></div>
      <div><dt>Tokens in</dt><dd>${number(trace.input_tokens)}</dd></div>
      <div><dt>Tokens out</dt><dd>${number(trace.output_tokens)}</dd></div>
      <div><dt>Milliseconds</dt><dd>${number(Math.round(total))}</dd></div>
    </dl>
    ${trace.stages.length ? html`<table class="stages"><caption class="hidden">Stages</caption><tbody>${trace.stages.map((stage) => html`
      <tr><th scope="row">${stage.name}</th><td><meter min="0" max=${longest} value=${stage.ms}>${stage.ms}</meter></td><td class="figure">${number(Math.round(stage.ms))} ms</td></tr>`)}</tbody></table>` : nothing}`;
}

const prompts = (trace) => html`
  ${(trace?.prompts ?? []).map((prompt) => html`
    <details class="prompt"><summary>${prompt.step}</summary>
      ${prompt.messages.map((message) => html`<div class="role">${message.role}</div><pre class="code">${message.content}</pre>`)}
    </details>`)}
  ${trace?.prompts?.length ? nothing : html`<p class="muted">No prompt was sent for this message.</p>`}`;

function json(title, value) {
  const text = JSON.stringify(value, null, 2);
  const copy = (event) => {
    const { target } = event;
    navigator.clipboard?.writeText(text).then(() => {
      target.textContent = "Copied";
    });
  };
  return html`
    <details class="json" ?open=${title === "Blocks"}><summary>${title}</summary>
      <button type="button" class="button small" @click=${copy}>Copy</button>
      <pre class="code" tabindex="0">${text}</pre>
    </details>`;
}

function detailsPane({ channel, ts }) {
  const found = find(channel, ts);
  if (!found) return frame("Behind this message", "", html`<p class="empty">This message is no longer there.</p>`);
  const ours = found.user === state.bot;
  const trace = ours ? traceOf(channel, found) : null;
  const { slack } = found;
  return frame("Behind this message", `${person(found.user).real_name} · ${found.ts}`, html`
    <div class="pane-scroll details" data-scroll="details ${ts}">
      ${ours ? html`<section><h3>What it cost</h3>${cost(trace)}</section><section><h3>Prompts</h3>${prompts(trace)}</section>` : nothing}
      <section><h3>As Slack has it</h3>
        ${slack.blocks?.length ? json("Blocks", slack.blocks) : nothing}
        ${json("Whole message", slack)}
      </section>
    </div>`);
}

const KINDS = {
  thread: threadPane,
  article: articlePane,
  details: detailsPane,
  try: () => frame("Try it", "Questions, articles, the clock, troubles", tryIt()),
};

export function pane() {
  const top = state.panes.at(-1);
  if (!top) return nothing;
  const name = { thread: "Thread", article: "Article", details: "Behind this message", try: "Try it" }[top.kind];
  return html`<aside class="pane pane-${top.kind}" aria-label=${name} tabindex="-1">${KINDS[top.kind](top)}</aside>`;
}

