/** Questions before something is done, as Block Kit's `confirm` asks them. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { textOf } from "./text.js";

/** Ask; true where the person agrees. */
export function agreed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const dialog = document.createElement("dialog");
  dialog.className = "modal small";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  document.body.append(dialog);
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.addEventListener("cancel", () => close(false));
    const danger = confirm.style === "danger" ? "button danger" : "button primary";
    render(
      html`
        <header><h2 id="confirm-title">${textOf(confirm.title)}</h2></header>
        <div class="modal-body">${confirm.text ? textOf(confirm.text) : nothing}</div>
        <footer>
          <button type="button" class="button" @click=${() => close(false)}>${confirm.deny ? textOf(confirm.deny) : "Cancel"}</button>
          <button type="button" class=${danger} @click=${() => close(true)}>${confirm.confirm ? textOf(confirm.confirm) : "Yes"}</button>
        </footer>`,
      dialog,
    );
    dialog.showModal();
  });
}
