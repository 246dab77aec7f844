/** Buttons, menus and fields. `place` says where they stand: a message, or a view, and whether a press tells the bot. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { post } from "./api.js";
import { agreed } from "./dialog.js";
import { openLink } from "./links.js";
import { act, attempt, changed, state } from "./state.js";
import { plain, textOf } from "./text.js";

/** Tell the bot of a press or a choice, or keep a form's value until it is sent. */
async function use(place, element, value, tells = true) {
  if (!(await agreed(element.confirm))) return;
  if (!tells) {
    state.form.values[element.action_id] = value;
    changed();
    return;
  }
  await act("click", { ...place.names, action: element.action_id, value });
}

/** What a field without a label of its own is called. */
const called = (place, element) => place.label || plain(element.placeholder?.text) || NAMES[element.type];

const NAMES = {
  datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time", static_select: "Choice", external_select: "Choice",
  users_select: "Person", channels_select: "Channel", conversations_select: "Channel", checkboxes: "Choices",
  multi_static_select: "Choices", multi_users_select: "People", multi_channels_select: "Channels",
  multi_conversations_select: "Channels", radio_buttons: "Choices",
};

/** What a field holds now: what was entered, else what the bot set. */
const entered = (element, initial) => state.form.values[element.action_id] ?? initial;

function button(place, element) {
  const style = `button ${element.style ?? ""}`;
  const press = () => {
    if (element.url) openLink(element.url);
    use(place, element, element.value);
  };
  const label = element.accessibility_label;
  return html`<button type="button" class=${style} aria-label=${ifDefined(label)} @click=${press}>${textOf(element.text)}</button>`;
}

function feedback(place, element) {
  const side = (told, mark) => html`
    <button type="button" class="button quiet" aria-label=${ifDefined(told.accessibility_label)}
      aria-pressed=${place.pressed?.has(told.value) ? "true" : "false"}
      @click=${() => use(place, element, told.value).then(() => place.press?.(told.value))}>
      <span aria-hidden="true">${mark}</span> <span class="label">${textOf(told.text)}</span>
    </button>`;
  return html`<span class="feedback" role="group" aria-label="Feedback">${side(element.positive_button, "👍")}${side(element.negative_button, "👎")}</span>`;
}

const ICONS = { trash: "🗑" };

const iconButton = (place, element) => html`
  <button type="button" class="button quiet" aria-label=${element.accessibility_label ?? plain(element.text.text)} title=${plain(element.text.text)}
    @click=${() => use(place, element, element.value)}>${ICONS[element.icon] ?? "•"}</button>`;

function overflow(place, element) {
  const choose = (option) => (event) => {
    event.target.closest("details").open = false;
    if (option.url) openLink(option.url);
    use(place, element, option.value);
  };
  return html`
    <details class="menu">
      <summary class="button quiet" aria-label="More actions">⋯</summary>
      <div class="menu-items">${element.options.map(
        (option) => html`<button type="button" @click=${choose(option)}>${textOf(option.text)}</button>`,
      )}</div>
    </details>`;
}

const optionsOf = (element) =>
  element.option_groups
    ? element.option_groups.map(
        (group) => html`<optgroup label=${plain(group.label.text)}>${group.options.map(optionItem(element))}</optgroup>`,
      )
    : (element.options ?? []).map(optionItem(element));

const optionItem = (element) => (option) =>
  html`<option value=${option.value} ?selected=${entered(element, element.initial_option?.value) === option.value}>${plain(option.text.text)}</option>`;

function select(place, element, items, tells) {
  const choose = (event) => use(place, element, event.target.value, tells);
  const none = entered(element, initialOf(element)) === undefined;
  return html`
    <select class="field" aria-label=${ifDefined(called(place, element))} @change=${choose}>
      <option value="" disabled ?selected=${none}>${plain(element.placeholder?.text) || "Choose…"}</option>
      ${items}
    </select>`;
}

const initialOf = (element) =>
  element.initial_option?.value ?? element.initial_user ?? element.initial_channel ?? element.initial_conversation;

function ids(place, element, tells, found) {
  const items = found.map(
    ([id, name]) => html`<option value=${id} ?selected=${entered(element, initialOf(element)) === id}>${name}</option>`,
  );
  return select(place, element, items, tells);
}

const people = () => [...state.people.values()].map((p) => [p.id, p.real_name]);
const channels = () => [...state.channels.values()].filter((c) => !c.is_im).map((c) => [c.id, `#${c.name}`]);

/** Many of several: a group of boxes, which is what a keyboard and a screen reader handle best. */
function boxes(place, element, found, tells) {
  const initial = (element.initial_options ?? []).map((option) => option.value);
  const chosen = entered(element, element.initial_users ?? element.initial_channels ?? element.initial_conversations ?? initial);
  const toggle = (value) => (event) =>
    use(place, element, event.target.checked ? [...chosen, value] : chosen.filter((other) => other !== value), tells);
  return html`<div class="choices" role="group" aria-label=${ifDefined(called(place, element))}>${found.map(
    ([value, label, description]) => html`
      <label><input type="checkbox" .checked=${chosen.includes(value)} @change=${toggle(value)}>
        <span>${label}${description ? html`<small>${description}</small>` : nothing}</span></label>`,
  )}</div>`;
}

const optionRows = (element) =>
  (element.options ?? element.option_groups?.flatMap((group) => group.options) ?? []).map((option) => [
    option.value, textOf(option.text), option.description ? textOf(option.description) : null,
  ]);

function radios(place, element, tells) {
  const chosen = entered(element, element.initial_option?.value);
  return html`<div class="choices" role="radiogroup" aria-label=${ifDefined(called(place, element))}>${optionRows(element).map(
    ([value, label, description]) => html`
      <label><input type="radio" name=${element.action_id} .checked=${chosen === value} @change=${() => use(place, element, value, tells)}>
        <span>${label}${description ? html`<small>${description}</small>` : nothing}</span></label>`,
  )}</div>`;
}

function input(place, element, type, initial, tells, convert = (value) => value) {
  const keep = (event) => use(place, element, convert(event.target.value), false);
  const settle = (event) => tells && use(place, element, convert(event.target.value));
  const shared = [entered(element, initial) ?? "", plain(element.placeholder?.text)];
  if (element.multiline) {
    return html`<textarea class="field" rows="4" maxlength=${ifDefined(element.max_length)} aria-label=${ifDefined(called(place, element))}
      aria-describedby=${ifDefined(place.described)} placeholder=${shared[1]} .value=${shared[0]} @input=${keep} @change=${settle}></textarea>`;
  }
  return html`<input class="field" type=${type} maxlength=${ifDefined(element.max_length)} min=${ifDefined(element.min_value)}
    max=${ifDefined(element.max_value)} step=${ifDefined(type === "number" ? (element.is_decimal_allowed ? "any" : 1) : undefined)}
    aria-label=${ifDefined(called(place, element))} aria-describedby=${ifDefined(place.described)} placeholder=${shared[1]}
    .value=${shared[0]} @input=${keep} @change=${settle}>`;
}

const suggestions = new Map();

function external(place, element, tells) {
  const look = async (event) => {
    const typed = event.target.value;
    const known = (suggestions.get(element.action_id) ?? []).find((option) => plain(option.text.text) === typed);
    if (known) return use(place, element, known, tells);
    if (typed.length < (element.min_query_length ?? 3)) return undefined;
    const told = await attempt(() => post("/page/suggest", { ...place.names, action: element.action_id, typed }));
    suggestions.set(element.action_id, told?.options ?? []);
    changed();
    return undefined;
  };
  const listed = `options-${element.action_id}`;
  return html`
    <input class="field" list=${listed} aria-label=${ifDefined(called(place, element))} placeholder=${plain(element.placeholder?.text)} @input=${look}>
    <datalist id=${listed}>${(suggestions.get(element.action_id) ?? []).map((o) => html`<option value=${plain(o.text.text)}></option>`)}</datalist>`;
}

const richValue = (text) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: text ? [{ type: "text", text }] : [] }],
});

const asTime = (seconds) => new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);

const KINDS = {
  button,
  workflow_button: button,
  feedback_buttons: feedback,
  icon_button: iconButton,
  overflow,
  image: (place, element) => html`<img class="inline-image" src=${element.image_url} alt=${element.alt_text}>`,
  static_select: (place, element, tells) => select(place, element, optionsOf(element), tells),
  external_select: external,
  users_select: (place, element, tells) => ids(place, element, tells, people()),
  channels_select: (place, element, tells) => ids(place, element, tells, channels()),
  conversations_select: (place, element, tells) => ids(place, element, tells, channels()),
  multi_static_select: (place, element, tells) => boxes(place, element, optionRows(element), tells),
  multi_users_select: (place, element, tells) => boxes(place, element, people(), tells),
  multi_channels_select: (place, element, tells) => boxes(place, element, channels(), tells),
  multi_conversations_select: (place, element, tells) => boxes(place, element, channels(), tells),
  checkboxes: (place, element, tells) => boxes(place, element, optionRows(element), tells),
  radio_buttons: radios,
  plain_text_input: (place, element, tells) => input(place, element, "text", element.initial_value, tells),
  email_text_input: (place, element, tells) => input(place, element, "email", element.initial_value, tells),
  url_text_input: (place, element, tells) => input(place, element, "url", element.initial_value, tells),
  number_input: (place, element, tells) => input(place, element, "number", element.initial_value, tells),
  rich_text_input: (place, element, tells) => input(place, { ...element, multiline: true }, "text", "", tells, richValue),
  datepicker: (place, element, tells) => input(place, element, "date", element.initial_date, tells),
  timepicker: (place, element, tells) => input(place, element, "time", element.initial_time, tells),
  datetimepicker: (place, element, tells) =>
    input(place, element, "datetime-local", element.initial_date_time && asTime(element.initial_date_time), tells, (value) => Math.floor(new Date(value) / 1000)),
};

/** One element; outside input blocks a choice tells the bot at once. */
export function interactive(place, element, tells = true) {
  const kind = KINDS[element.type];
  const seen = element.visible_to_user_ids;
  if (seen && !seen.includes(state.me)) return nothing;
  return kind ? kind(place, element, tells) : html`<span class="unknown">${element.type} is not drawn here</span>`;
}

