/** Modals and Home: what the bot shows as a view. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { act, attempt, changed, state } from "./state.js";
import { plain, textOf } from "./text.js";

const placeOf = (view) => ({ names: { view: view.id } });

async function submit(view) {
  state.form.busy = true;
  changed();
  const told = await attempt(() => post("/page/submit", { view: view.id, values: state.form.values }));
  state.form.busy = false;
  state.form.errors = told?.errors ?? {};
  changed();
}

const close = (view) => act("close", { view: view.id });

function inside(view) {
  const trouble = state.form.errors[""];
  return html`
    <form method="dialog" @submit=${(event) => {
      event.preventDefault();
      submit(view);
    }}>
      <header>
        <h2 id="view-title">${textOf(view.title)}</h2>
        <button type="button" class="icon" aria-label="Close" @click=${() => close(view)}>✕</button>
      </header>
      <div class="modal-body">
        ${trouble ? html`<div class="alert error" role="alert">${trouble}</div>` : nothing}
        ${blocks(placeOf(view), view.blocks)}
      </div>
      <footer>
        <button type="button" class="button" @click=${() => close(view)}>${plain(view.close?.text) || (state.depth > 1 ? "Back" : "Close")}</button>
        ${view.submit ? html`<button type="submit" class="button primary" ?disabled=${state.form.busy}>${textOf(view.submit)}</button>` : nothing}
      </footer>
    </form>`;
}

let dialog = null;
let shown = null;

/** Open, redraw or close the dialog, as the state says. It keeps the keyboard inside while it is open. */
export function drawView() {
  const { view } = state;
  if (!view) {
    if (dialog?.open) dialog.close();
    shown = null;
    return;
  }
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "modal";
    dialog.setAttribute("aria-labelledby", "view-title");
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (state.view) close(state.view);
    });
    document.body.append(dialog);
  }
  if (shown !== view.id) render(nothing, dialog);
  render(inside(view), dialog);
  if (!dialog.open) dialog.showModal();
  if (shown !== view.id) dialog.querySelector(".modal-body .field, .modal-body input, .modal-body button")?.focus();
  shown = view.id;
}

export const home = () => html`
  <div class="home" role="region" aria-label="App Home">${
    state.home
      ? blocks(placeOf(state.home), state.home.blocks)
      : html`<p class="empty">Crosscheck has not drawn its Home yet.</p>`
  }</div>`;
