/** Things to try: ready questions, articles to add, the bot's clock, troubles. All but the last need the bot's `/dev`. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { post } from "./api.js";
import { send } from "./composer.js";
import { openArticle } from "./links.js";
import { act, attempt, changed, learn, notice, state } from "./state.js";
import { instant, nineTomorrow, published } from "./time.js";

/** Ask the bot something where one is, naming it where that is needed. */
export function ask(question) {
  const channel = state.channels.get(state.channel);
  const bot = state.people.get(state.bot);
  send(channel.id, null, channel.is_im ? question : `@${bot.name} ${question}`);
}

export const questions = () => html`
  <ul class="ready">${state.questions.map((ready) => html`
    <li><button type="button" @click=${() => ask(ready.question)}><span>${ready.question}</span><span class="tag">${ready.kind}</span></button></li>`)}</ul>`;

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries(new FormData(form));
  const told = await attempt(() => post("/dev/articles", {
    title: fields.title, outlet: fields.outlet, author: fields.author || null, published: fields.published || null, url: fields.url || null, text: fields.text,
  }));
  if (!told) return;
  notice(told.outcome ?? "Added.");
  form.reset();
  learn();
}

function fill(article) {
  const form = document.querySelector("form.add-article");
  for (const name of ["title", "outlet", "author", "published", "url", "text"]) form.elements[name].value = article[name] ?? "";
  form.elements.text.focus();
}

const field = (name, label, placeholder = "") =>
  html`<label><span>${label}</span><input class="field" name=${name} placeholder=${placeholder}></label>`;

const addArticle = () => html`
  ${state.articles.length ? html`<p class="muted">Ready ones:</p><ul class="ready">${state.articles.map((article) => html`
    <li><button type="button" @click=${() => fill(article)}><span>${article.title}</span><span class="tag">${article.outlet}</span></button>
      ${article.note ? html`<div class="muted small">${article.note}</div>` : nothing}</li>`)}</ul>` : nothing}
  <form class="add-article" @submit=${add}>
    ${field("title", "Title")}${field("outlet", "Outlet")}${field("author", "Author")}${field("published", "Published", "2026-05-22T09:00+01:00")}${field("url", "Address", "https://example.org/…")}
    <label><span>Text</span><textarea class="field" name="text" rows="5" required></textarea></label>
    <button type="submit" class="button primary">Add article</button>
  </form>`;

async function setClock(body) {
  const told = await attempt(() => post("/dev/clock", body));
  if (told) state.clock = told;
  changed();
}

const clock = () => html`
  <p>The bot's clock says <strong>${instant(state.clock.now)}</strong>${state.clock.offset_s ? " (moved)" : ""}.</p>
  <div class="actions">
    <button type="button" class="button" @click=${() => setClock({ now: nineTomorrow(state.clock.now) })}>Now is 09:00 tomorrow</button>
    <button type="button" class="button" ?disabled=${!state.clock.offset_s} @click=${() => setClock({ offset_s: 0 })}>Back to real time</button>
  </div>`;

const TROUBLES = [
  ["slow", "Slack is slow", "Every call waits two seconds."],
  ["limit", "Slack limits posts", "The next three posts answer 429."],
  ["fail", "Slack fails", "The next three posts answer 500."],
  ["cut", "A post is cut off", "The next post is taken, and its answer is lost."],
  ["no_streams", "No streaming", "As in a workspace without it."],
];

async function toggle(name, on) {
  state.faults = { ...state.faults, [name]: on };
  changed();
  await act("faults", { name, on });
}

async function setModel(event) {
  const told = await attempt(() => post("/dev/faults", { model: event.target.value }));
  if (told) state.model = told.model;
  changed();
}

const troubles = () => html`
  <div class="choices">${TROUBLES.map(([name, label, hint]) => html`
    <label><input type="checkbox" role="switch" .checked=${Boolean(state.faults[name])} @change=${(event) => toggle(name, event.target.checked)}>
      <span>${label}<small>${hint}</small></span></label>`)}</div>
  ${state.model ? html`
    <label class="row"><span>The model is</span>
      <select class="field" @change=${setModel}>${["ok", "slow", "down"].map((kind) => html`<option value=${kind} ?selected=${kind === state.model}>${{ ok: "well", slow: "slow", down: "down" }[kind]}</option>`)}</select></label>` : nothing}
  <button type="button" class="button" @click=${() => act("faults", { name: "close_sockets" })}>Cut the bot's connection once</button>`;

const coverage = () => html`
  <ul class="ready">${state.coverage.map((article) => html`
    <li><button type="button" @click=${() => openArticle(article.id)}><span>${article.title}</span><span class="tag">${article.outlet} · ${published(article.published)}</span></button></li>`)}</ul>`;

const part = (title, inside, open = false) => html`<details class="part" ?open=${open}><summary><h3>${title}</h3></summary>${inside}</details>`;

export const tryIt = () => html`
  <div class="pane-scroll try" data-scroll="try">
    ${state.questions.length ? part("Ready questions", questions(), true) : nothing}
    ${state.coverage.length ? part(`The coverage (${state.coverage.length})`, coverage()) : nothing}
    ${state.model === null ? nothing : part("Add an article", addArticle())}
    ${state.clock ? part("Move the clock", clock(), true) : nothing}
    ${part("Switch on a trouble", troubles(), !state.questions.length)}
  </div>`;
