/** What the page knows, and how it learns more. Everything that is drawn is drawn from `state`. */

import { dev, get, post } from "./api.js";

export const state = {
  ready: false,
  me: null,
  bot: null,
  team: null,
  people: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  subcommands: [],
  stoppable: false,
  hasHome: false,
  connected: false,
  faults: {},
  channel: null,
  tab: "messages",
  messages: new Map(),
  around: new Map(),
  unread: new Map(),
  panes: [],
  view: null,
  depth: 0,
  form: { view: null, values: {}, errors: {}, busy: false },
  home: null,
  editing: null,
  notice: "",
  spoken: "",
  questions: [],
  articles: [],
  coverage: [],
  clock: null,
  model: null,
  navOpen: false,
};

const watchers = [];
const after = [];
let drawing = false;

/** Draw soon: many changes at once are drawn once. What is given is done right after that. */
export function changed(then) {
  if (then) after.push(then);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const watcher of watchers) watcher();
    for (const each of after.splice(0)) each();
  });
}

export const watch = (watcher) => watchers.push(watcher);

let noticeTimer;

/** Show a sentence for a while. */
export function notice(text) {
  state.notice = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    state.notice = "";
    changed();
  }, 6000);
  changed();
}

/** Do something that may fail; a failure, or what the server says went wrong, is shown. */
export async function attempt(doing) {
  try {
    const answer = await doing();
    if (answer?.error) notice(answer.error);
    return answer;
  } catch (failure) {
    notice(failure.message);
    return null;
  }
}

export const act = (name, body) => attempt(() => post(`/page/${name}`, { person: state.me, ...body }));

export const person = (id) => state.people.get(id) ?? { id, real_name: id === "USLACKBOT" ? "Slackbot" : id, name: id };

export const tz = () => person(state.me).tz ?? "UTC";

export const list = (channel) => state.messages.get(channel) ?? [];

export const find = (channel, ts) => list(channel).find((message) => message.ts === ts);

export const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

export const thread = (channel, ts) => list(channel).filter((m) => m.ts === ts || m.thread_ts === ts);

let feed;
let loading = 0;
const early = [];

/** Look at the workspace as this person; where none is named, as the first. */
export async function become(me) {
  state.me = me ?? (await get("/page/state")).me;
  await follow();
  localStorage.setItem("person", state.me);
}

async function loadState() {
  const told = await get("/page/state", { person: state.me });
  Object.assign(state, {
    ready: true,
    me: told.me,
    bot: told.bot,
    team: told.team,
    commands: told.commands,
    shortcuts: told.shortcuts,
    stoppable: told.stoppable,
    hasHome: told.has_home,
    connected: told.connected,
    faults: told.faults,
    people: new Map(told.people.map((p) => [p.id, p])),
    channels: new Map(told.channels.map((c) => [c.id, c])),
  });
  if (state.channel && !state.channels.has(state.channel)) state.channel = told.channels[0].id;
  screen(told);
}

/** Hear every change from now on; after each time the feed had to be opened anew, read all again. */
function follow() {
  feed?.close();
  feed = new EventSource(`/page/changes?${new URLSearchParams({ person: state.me })}`);
  feed.onmessage = (event) => (loading ? early.push(event) : hear(JSON.parse(event.data)));
  feed.onerror = () => {
    state.connected = false;
    changed();
  };
  return new Promise((resolve, reject) => {
    feed.onopen = () => loadAll().then(resolve, reject);
  });
}

/** What is heard while messages are being read may be newer than what is read, so it waits. */
async function loadAll() {
  loading += 1;
  try {
    await loadState();
    await Promise.all([...state.channels.keys()].map(load));
  } finally {
    loading -= 1;
    if (!loading) for (const event of early.splice(0)) hear(JSON.parse(event.data));
  }
}

async function load(channel) {
  const told = await get("/page/messages", { channel, person: state.me });
  state.messages.set(channel, told.messages);
  state.around.set(channel, told.around);
  changed();
}

function screen(told) {
  if (told.view?.id !== state.view?.id) state.form = { view: told.view?.id, values: {}, errors: {}, busy: false };
  state.view = told.view;
  state.depth = told.depth;
  state.home = told.home;
}

function hear(told) {
  if (told.kind === "message") placeMessage(told.channel, told.message);
  else if (told.kind === "deleted") {
    state.messages.set(told.channel, list(told.channel).filter((message) => message.ts !== told.ts));
  } else if (told.kind === "around") state.around.set(told.channel, told.around);
  else if (told.kind === "view") screen(told);
  else if (told.kind === "faults") state.faults = told.faults;
  else if (told.kind === "connection") state.connected = told.connected;
  changed();
}

function placeMessage(channel, message) {
  const known = list(channel);
  const at = known.findIndex((other) => other.ts === message.ts);
  if (at >= 0) {
    if (known[at].streaming && !message.streaming) announce(message);
    state.messages.set(channel, known.with(at, message));
    return;
  }
  state.messages.set(channel, [...known, message].sort((a, b) => (a.ts < b.ts ? -1 : 1)));
  if (message.user === state.me) return;
  if (!message.streaming) announce(message);
  if (channel !== state.channel) state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
  else if (isReply(message) && find(channel, message.thread_ts)?.user === state.me && !state.panes.length) {
    state.panes = [{ kind: "thread", channel, ts: message.thread_ts }];
  }
}

/** Say a new message to those who listen instead of looking: its first line. */
function announce(message) {
  const first = (message.slack.text ?? "").split("\n", 1)[0].slice(0, 300);
  state.spoken = `${person(message.user).real_name}: ${first}`;
}

/** Everything that the bot tells of itself. */
export async function learn() {
  const [ready, commands, coverage, clock, faults] = await Promise.all(
    ["ready", "commands", "articles", "clock", "faults"].map((path) => dev(path)),
  );
  state.questions = ready?.questions ?? [];
  state.articles = ready?.articles ?? [];
  state.subcommands = commands ?? [];
  state.coverage = coverage ?? [];
  state.clock = clock;
  state.model = faults?.model ?? null;
  changed();
}
