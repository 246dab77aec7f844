/** Dialogs of the page's own: questions before something is done, and something to look at over a modal. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { textOf } from "./text.js";

/** Open a dialog; `draw` is given the function that closes it. Settles with what that was called with. */
function opened(className, draw) {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-labelledby", "dialog-title");
  document.body.append(dialog);
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(false);
    });
    render(draw(close), dialog);
    dialog.showModal();
    dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
  });
}

/** Ask as Block Kit's `confirm` does; true where the person agrees. */
export function agreed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const danger = confirm.style === "danger" ? "button danger" : "button primary";
  return opened("modal small", (close) => html`
    <header><h2 id="dialog-title">${textOf(confirm.title)}</h2></header>
    <div class="modal-body">${confirm.text ? textOf(confirm.text) : nothing}</div>
    <footer>
      <button type="button" class="button" @click=${() => close(false)}>${confirm.deny ? textOf(confirm.deny) : "Cancel"}</button>
      <button type="button" class=${danger} @click=${() => close(true)}>${confirm.confirm ? textOf(confirm.confirm) : "Yes"}</button>
    </footer>`);
}

/** Show something over whatever is open. */
export const look = (title, inside) => opened("modal", (close) => html`
  <header><h2 id="dialog-title">${title}</h2><button type="button" class="icon" aria-label="Close" @click=${() => close(false)}>✕</button></header>
  <div class="modal-body">${inside}</div>`);
