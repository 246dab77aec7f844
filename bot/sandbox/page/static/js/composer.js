/** Where messages are written: names and commands complete as one types. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { act, changed, notice, state } from "./state.js";
import { plain } from "./text.js";

const drafts = new Map();
let completion = null;

const draft = (key) => drafts.get(key) ?? "";

function setDraft(key, text) {
  drafts.set(key, text);
  changed();
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What Slack makes of typed text: names become ids, the rest is escaped. */
function encoded(text) {
  const byName = new Map([...state.people.values()].map((p) => [p.name, p.id]));
  const channels = new Map([...state.channels.values()].filter((c) => c.name).map((c) => [c.name, c.id]));
  return escaped(text)
    .replace(/(^|[\s(])@([\w.-]+)/g, (all, before, name) => (byName.has(name) ? `${before}<@${byName.get(name)}>` : all))
    .replace(/(^|[\s(])#([\w-]+)/g, (all, before, name) => (channels.has(name) ? `${before}<#${channels.get(name)}|${name}>` : all));
}

/** Send what stands there: a command, or a message. */
export async function send(channel, threadTs, text) {
  const trimmed = text.trim();
  if (!trimmed) return false;
  const [name, ...rest] = trimmed.split(/\s+/);
  const known = state.commands.some((command) => command.command === name);
  if (known && threadTs) {
    notice(`${name} does not work in threads. Use it in the channel.`);
    return false;
  }
  if (known) return Boolean(await act("command", { channel, command: name, text: trimmed.slice(name.length).trim() }));
  if (name.startsWith("/") && !rest.length) {
    notice(`${name} is not a command here.`);
    return false;
  }
  return Boolean(await act("say", { channel, thread_ts: threadTs ?? null, text: encoded(trimmed) }));
}

/** What may follow the words before the cursor. */
function offers(key, text, at) {
  const before = text.slice(0, at);
  const name = /(^|\s)@([\w.-]*)$/.exec(before);
  if (name) {
    const found = [...state.people.values()].filter((p) => p.id !== state.me && `${p.name} ${p.real_name}`.toLowerCase().includes(name[2].toLowerCase()));
    return { key, from: at - name[2].length - 1, items: found.map((p) => ({ insert: `@${p.name} `, label: p.real_name, hint: `@${p.name}` })) };
  }
  if (key.includes(" ")) return null;
  const command = /^\/\S*$/.exec(before);
  if (command) {
    const found = state.commands.filter((c) => c.command.startsWith(command[0]));
    return { key, from: 0, items: found.map((c) => ({ insert: `${c.command} `, label: c.command, hint: plain(c.usage_hint || c.description || "") })) };
  }
  const sub = /^(\/\S+)\s+(\S*)$/.exec(before);
  if (sub && state.commands.some((c) => c.command === sub[1])) {
    const found = state.subcommands.filter((c) => c.usage.startsWith(sub[2]));
    return { key, from: at - sub[2].length, items: found.map((c) => ({ insert: `${c.usage.split(" ")[0]} `, label: c.usage, hint: c.help })) };
  }
  return null;
}

function offer(key, box) {
  const found = offers(key, box.value, box.selectionStart);
  completion = found?.items.length ? { ...found, chosen: 0 } : null;
}

function take(key, box, item) {
  const { from } = completion;
  box.setRangeText(item.insert, from, box.selectionStart, "end");
  completion = null;
  setDraft(key, box.value);
  box.focus();
  offer(key, box);
}

async function submit(key, channel, threadTs, box) {
  const text = box.value;
  completion = null;
  setDraft(key, "");
  if (!(await send(channel, threadTs, text))) setDraft(key, text);
}

function keys(key, channel, threadTs) {
  return (event) => {
    const box = event.target;
    if (event.isComposing) return;
    const open = completion?.key === key;
    if (open && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      completion.chosen = (completion.chosen + step + completion.items.length) % completion.items.length;
      changed();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) {
      take(key, box, completion.items[completion.chosen]);
    } else if (open && event.key === "Escape") {
      completion = null;
      changed();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) submit(key, channel, threadTs, box);
    else return;
    event.preventDefault();
  };
}

/** Begin a message with these words and put the cursor behind them. */
export function begin(channel, text) {
  drafts.set(channel, text);
  changed(() => {
    const box = document.querySelector(".main .composer textarea");
    box?.focus();
    box?.setSelectionRange(text.length, text.length);
  });
}

export function composer(channel, threadTs, label) {
  const key = threadTs ? `${channel} ${threadTs}` : channel;
  const open = completion?.key === key;
  const listed = `completion-${threadTs ? "thread" : "channel"}`;
  const typed = (event) => {
    offer(key, event.target);
    setDraft(key, event.target.value);
  };
  const close = (event) => setTimeout(() => {
    if (completion?.key !== key || document.activeElement === event.target) return;
    completion = null;
    changed();
  }, 150);
  return html`
    <form class="composer" @submit=${(event) => {
      event.preventDefault();
      submit(key, channel, threadTs, event.target.querySelector("textarea"));
    }}>
      ${open ? html`
        <ul class="completion" role="listbox" id=${listed} aria-label="Suggestions">${completion.items.map((item, at) => html`
          <li id="${listed}-${at}" role="option" aria-selected=${at === completion.chosen ? "true" : "false"}
            @mousedown=${(event) => {
              event.preventDefault();
              take(key, event.target.closest("form").querySelector("textarea"), item);
            }}><span>${item.label}</span><span class="muted">${item.hint}</span></li>`)}</ul>` : nothing}
      <textarea rows=${Math.min(8, draft(key).split("\n").length)} placeholder=${label} aria-label=${label} aria-autocomplete="list"
        aria-controls=${ifDefined(open ? listed : undefined)}
        aria-activedescendant=${ifDefined(open ? `${listed}-${completion.chosen}` : undefined)}
        .value=${live(draft(key))} @input=${typed} @keydown=${keys(key, channel, threadTs)} @blur=${close}></textarea>
      <button type="submit" class="send" aria-label="Send" ?disabled=${!draft(key).trim()}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 10 17 3l-4 14-3.5-5.5z"></path></svg>
      </button>
    </form>`;
}
