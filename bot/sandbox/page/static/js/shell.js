/** The frame: places at the left, one place in the middle, a pane at the right. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { begin, composer, send } from "./composer.js";
import { avatar, messageList, statusLine, topLevel } from "./messages.js";
import { pane } from "./panes.js";
import { act, become, changed, person, state } from "./state.js";
import { clockIn } from "./time.js";
import { nextTheme, theme } from "./theme.js";
import { questions } from "./tryit.js";
import { home } from "./view.js";

export function go(channel, tab = "messages") {
  state.channel = channel;
  state.tab = tab;
  state.panes = state.panes.filter((open) => open.kind === "try");
  state.navOpen = false;
  state.editing = null;
  state.unread.delete(channel);
  const place = state.channels.get(channel);
  if (place?.is_im) act(tab === "home" ? "home" : "dm", {});
  changed();
}

const placeName = (channel) => (channel.is_im ? person(state.bot).real_name : channel.name);

function placeLink(channel) {
  const unread = state.unread.get(channel.id);
  const here = channel.id === state.channel;
  const mark = channel.is_im ? avatar(person(state.bot)) : html`<span class="hash" aria-hidden="true">#</span>`;
  return html`
    <li><button type="button" class="place ${here ? "here" : ""} ${unread ? "unread" : ""}" aria-current=${here ? "page" : "false"} @click=${() => go(channel.id)}>
      ${mark}<span class="place-name">${placeName(channel)}</span>${unread ? html`<span class="count" aria-label="${unread} new">${unread}</span>` : nothing}
    </button></li>`;
}

async function speakAs(event) {
  await become(event.target.value);
  const direct = [...state.channels.values()].find((channel) => channel.is_im);
  if (!state.channels.has(state.channel)) go(direct.id);
  state.unread.clear();
  state.panes = [];
  changed();
}

function sidebar() {
  const all = [...state.channels.values()];
  const humans = [...state.people.values()].filter((p) => !p.is_bot);
  return html`
    <nav class="side ${state.navOpen ? "open" : ""}" aria-label="Channels">
      <header class="side-head">
        <span class="team">${state.team.name}</span>
        <span class="link-state ${state.connected ? "on" : ""}" role="status" title=${state.connected ? "The bot is connected" : "The bot is not connected"}>
          <i aria-hidden="true"></i>${state.connected ? "Bot connected" : "Bot not connected"}</span>
      </header>
      <div class="side-scroll">
        <h2>Channels</h2>
        <ul>${all.filter((channel) => !channel.is_im).map(placeLink)}</ul>
        <h2>Apps</h2>
        <ul>${all.filter((channel) => channel.is_im).map(placeLink)}</ul>
      </div>
      <footer class="side-foot">
        <label>${avatar(person(state.me))}
          <span class="speak"><span class="muted">Speaking as · ${clockIn(person(state.me).tz)}</span>
            <select @change=${speakAs} aria-label="Speak as">${humans.map((p) => html`<option value=${p.id} ?selected=${p.id === state.me}>${p.real_name}</option>`)}</select></span></label>
        <button type="button" class="icon" @click=${nextTheme} aria-label="Colours: ${theme().word}" title="Colours: ${theme().word}">${theme().mark}</button>
      </footer>
    </nav>`;
}

function head(channel) {
  const tab = (name, label) => html`
    <button type="button" role="tab" aria-selected=${state.tab === name ? "true" : "false"} class=${state.tab === name ? "here" : ""} @click=${() => go(channel.id, name)}>${label}</button>`;
  const trying = state.panes.at(-1)?.kind === "try";
  const toggle = () => {
    state.panes = trying ? [] : [{ kind: "try" }];
    changed();
  };
  return html`
    <header class="main-head">
      <button type="button" class="icon only-phone" aria-label="Channels" aria-expanded=${state.navOpen ? "true" : "false"} @click=${() => {
        state.navOpen = !state.navOpen;
        changed();
      }}>☰</button>
      <h1>${channel.is_im ? nothing : html`<span class="hash" aria-hidden="true">#</span>`}${placeName(channel)}</h1>
      ${channel.is_im && state.hasHome ? html`<div class="tabs" role="tablist">${tab("messages", "Messages")}${tab("home", "Home")}</div>` : nothing}
      <button type="button" class="button try-it" aria-pressed=${trying ? "true" : "false"} @click=${toggle}>Try it</button>
    </header>`;
}

function welcome(channel) {
  const bot = person(state.bot);
  return html`
    <div class="welcome">
      <h2>${channel.is_im ? html`This is your direct message with ${bot.real_name}` : html`Ask ${bot.real_name} about the coverage`}</h2>
      <p>${channel.is_im
        ? "Write a question; it answers in a thread, with every line cited, and says where the sources disagree."
        : html`Write <button type="button" class="as-link" @click=${() => begin(channel.id, `@${bot.name} `)}>@${bot.name}</button> and a question. It answers in a thread, with every line cited, and says where the sources disagree.`}</p>
      ${state.questions.length ? html`<p class="muted">Ready to ask, on invented sample coverage:</p>${questions()}` : nothing}
    </div>`;
}

function suggested(channel) {
  const prompts = state.around.get(channel.id)?.prompts ?? [];
  if (!channel.is_im || !prompts.length) return nothing;
  return html`<div class="prompts" role="group" aria-label="Suggested questions">${prompts.map((prompt) => html`
    <button type="button" class="button pill" @click=${() => send(channel.id, null, prompt.message)}>${prompt.title}</button>`)}</div>`;
}

function conversation(channel) {
  const found = topLevel(channel.id);
  const label = channel.is_im ? `Message ${placeName(channel)}` : `Message #${placeName(channel)}`;
  return html`
    <div class="scroll follow" data-scroll="channel ${channel.id}" role="region" aria-label="Messages">
      ${welcome(channel)}
      <div class="messages">${messageList(channel.id, found)}</div>
      ${channel.is_im ? statusLine(channel.id, undefined) : nothing}
    </div>
    ${suggested(channel)}
    ${channel.is_member ? composer(channel.id, null, label) : html`
      <div class="not-member"><span>Crosscheck is not in this channel.</span>
        <button type="button" class="button primary" @click=${() => act("invite", { channel: channel.id }).then(() => become(state.me)).then(changed)}>Add it</button></div>
      ${composer(channel.id, null, label)}`}`;
}

export function shell() {
  const channel = state.channels.get(state.channel);
  const open = state.panes.length > 0;
  return html`
    <a class="skip" href="#main">Skip to messages</a>
    <div class="shell ${open ? "with-pane" : ""}">
      ${sidebar()}
      ${state.navOpen ? html`<div class="veil" @click=${() => {
        state.navOpen = false;
        changed();
      }}></div>` : nothing}
      <main class="main" id="main" tabindex="-1">
        ${head(channel)}
        ${channel.is_im && state.tab === "home" ? html`<div class="scroll">${home()}</div>` : conversation(channel)}
      </main>
      ${pane()}
    </div>
    <div class="notice" popover="manual" role="alert">${state.notice}</div>
    <div class="hidden" role="log" aria-live="polite">${state.spoken}</div>`;
}
