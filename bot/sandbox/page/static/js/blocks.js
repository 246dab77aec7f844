/** Block Kit, drawn from the very JSON that Slack would get. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { interactive } from "./elements.js";
import { richText } from "./richtext.js";
import { state } from "./state.js";
import { link, markdown, mrkdwn, plain, textOf } from "./text.js";

const own = (url) => new URL(url, location.href).origin === location.origin;

const fileAddress = (file) => file?.url ?? (file && `/files/${file.id}/picture`);

/** A picture from the sandbox itself, which opens in full at a click. One from elsewhere is named instead, for nothing is
 * fetched beyond loopback. */
function picture(url, alt, title) {
  const drawn = url && own(url)
    ? html`<a href=${url} target="_blank" rel="noreferrer"><img src=${url} alt=${alt} loading="lazy"></a>`
    : html`<span class="no-image" role="img" aria-label=${alt}>${alt}<small>${url ?? ""}</small></span>`;
  return html`<figure class="picture">${title ? html`<figcaption>${textOf(title)}</figcaption>` : nothing}${drawn}</figure>`;
}

function section(place, block) {
  return html`
    <div class="section">
      <div class="section-main">
        ${block.text ? html`<div class="words">${textOf(block.text)}</div>` : nothing}
        ${block.fields ? html`<div class="fields">${block.fields.map((field) => html`<div class="words">${textOf(field)}</div>`)}</div>` : nothing}
      </div>
      ${block.accessory ? html`<div class="accessory">${accessory(place, block.accessory)}</div>` : nothing}
    </div>`;
}

const accessory = (place, element) =>
  element.type === "image" ? picture(element.image_url, element.alt_text) : interactive(place, element);

const contextPart = (element) =>
  element.type === "image"
    ? html`<img class="inline-image" src=${ifDefined(own(element.image_url) ? element.image_url : undefined)} alt=${element.alt_text}>`
    : html`<span>${textOf(element)}</span>`;

function table(block) {
  const aligned = (at) => `align-${block.column_settings?.[at]?.align ?? "left"}${block.column_settings?.[at]?.is_wrapped ? " wrapped" : ""}`;
  const cell = (found) => (found.type === "rich_text" ? richText(found) : plain(found.text));
  const [head = [], ...rows] = block.rows ?? [];
  return html`
    <div class="table" tabindex="0" role="group" aria-label=${block.caption ?? "Table"}>
      <table>
        <thead><tr>${head.map((found, at) => html`<th scope="col" class=${aligned(at)}>${cell(found)}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((found, at) => html`<td class=${aligned(at)}>${cell(found)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>`;
}

const STATUS = {
  pending: ["○", "waiting"],
  in_progress: ["", "under way"],
  complete: ["✓", "done"],
  error: ["!", "failed"],
};

function task(found) {
  const [mark, word] = STATUS[found.status] ?? STATUS.pending;
  return html`
    <div class="task ${found.status}">
      <span class="task-mark" aria-hidden="true">${mark}</span>
      <div class="task-main">
        <div class="task-title">${plain(found.title)} <span class="hidden">(${word})</span></div>
        ${found.details ? html`<div class="task-details">${richText(found.details)}</div>` : nothing}
        ${found.output ? html`<div class="task-output">${richText(found.output)}</div>` : nothing}
        ${found.sources?.length ? html`<div class="task-sources">${found.sources.map((source) => link(source.url, plain(source.text)))}</div>` : nothing}
      </div>
    </div>`;
}

function plan(block) {
  const tasks = block.tasks ?? [];
  const busy = tasks.some((found) => found.status === "in_progress" || found.status === "pending");
  const done = tasks.filter((found) => found.status === "complete").length;
  return html`
    <details class="plan" ?open=${busy}>
      <summary><span class="plan-title">${plain(block.title)}</span> <span class="muted">${done} of ${tasks.length}</span></summary>
      ${tasks.map(task)}
    </details>`;
}

function card(place, block) {
  return html`
    <div class="card">
      ${block.hero_image ? picture(block.hero_image.image_url, block.hero_image.alt_text) : nothing}
      ${block.title ? html`<div class="card-title">${textOf(block.title)}</div>` : nothing}
      ${block.subtitle ? html`<div class="muted">${textOf(block.subtitle)}</div>` : nothing}
      ${block.body ? html`<div class="words">${textOf(block.body)}</div>` : nothing}
      ${block.actions?.length ? html`<div class="actions">${block.actions.map((found) => interactive(place, found))}</div>` : nothing}
    </div>`;
}

function container(place, block) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : html`<strong>${textOf(block.title)}</strong>`;
  const inside = (block.child_blocks ?? []).map((child) => draw(place, child));
  const head = html`${title}${block.subtitle ? html` <span class="muted">${textOf(block.subtitle)}</span>` : nothing}`;
  return block.is_collapsible
    ? html`<details class="container" ?open=${!block.default_collapsed}><summary>${head}</summary>${inside}</details>`
    : html`<div class="container"><div>${head}</div>${inside}</div>`;
}

function input(place, block) {
  const error = state.form.errors[block.block_id];
  const id = `error-${block.block_id}`;
  const inner = { ...place, label: plain(block.label.text), described: error ? id : undefined };
  return html`
    <div class="input ${error ? "wrong" : ""}">
      <div class="input-label">${textOf(block.label)}${block.optional ? html` <span class="muted">(optional)</span>` : nothing}</div>
      ${interactive(inner, block.element, Boolean(block.dispatch_action))}
      ${block.hint ? html`<div class="muted small">${textOf(block.hint)}</div>` : nothing}
      ${error ? html`<div class="error" id=${id} role="alert">${plain(error)}</div>` : nothing}
    </div>`;
}

const KINDS = {
  section,
  header: (place, block) => html`<h2 class="header">${textOf(block.text)}</h2>`,
  divider: () => html`<hr>`,
  context: (place, block) => html`<div class="context">${block.elements.map(contextPart)}</div>`,
  markdown: (place, block) => markdown(block.text, place.growing),
  rich_text: (place, block) => richText(block),
  image: (place, block) => picture(block.image_url ?? fileAddress(block.slack_file), block.alt_text, block.title),
  actions: (place, block) => html`<div class="actions">${block.elements.map((found) => interactive(place, found))}</div>`,
  context_actions: (place, block) =>
    html`<div class="actions faint">${block.elements.map((found) => interactive(place, found))}</div>`,
  table: (place, block) => table(block),
  data_table: (place, block) => table(block),
  task_card: (place, block) => task(block),
  plan: (place, block) => plan(block),
  card,
  carousel: (place, block) => html`<div class="carousel" tabindex="0" role="group" aria-label="Cards">${block.elements.map((found) => card(place, found))}</div>`,
  container,
  alert: (place, block) => html`<div class="alert ${block.level ?? "default"}" role="note">${textOf(block.text)}</div>`,
  input,
  video: (place, block) => html`<div class="card"><div class="card-title">${textOf(block.title)}</div>${link(block.title_url ?? block.video_url, "Open the video")}</div>`,
  file: (place, block) => html`<div class="muted">File ${block.external_id}</div>`,
};

function draw(place, block) {
  const kind = KINDS[block.type];
  return html`<div class="block block-${block.type}" data-block=${block.type}>${
    kind ? kind(place, block) : html`<span class="unknown">A block of type ${block.type} is not drawn here.</span>`
  }</div>`;
}

export const blocks = (place, found) => (found ?? []).map((block) => draw(place, block));

/** Attachments of the old kind, and uploaded files. */
export const extras = (place, message) => html`
  ${(message.attachments ?? []).map(
    (found) => html`<div class="attachment">${found.blocks ? blocks(place, found.blocks) : mrkdwn(found.text ?? found.fallback)}</div>`,
  )}
  ${(message.files ?? []).map((file) =>
    file.mimetype?.startsWith("image/")
      ? picture(file.url_private, file.alt_txt || file.title)
      : html`<div class="file"><a class="link" href=${file.url_private}>${file.title}</a></div>`,
  )}`;
