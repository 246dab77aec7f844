/** An article of the coverage, with the cited sentence marked. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";

// A sentence this short may stand in a message without being quoted there.
const SHORT = 12;

function matches(wanted, sentence) {
  if (wanted.number) return sentence.number === wanted.number;
  if (wanted.text) return sentence.text.includes(wanted.text);
  return Boolean(wanted.within) && sentence.text.length > SHORT && wanted.within.includes(sentence.text);
}

export const articleText = (article, wanted) => html`
  <h3>${article.title}</h3>
  ${article.invented ? html`<p class="ribbon">Invented sample coverage</p>` : nothing}
  <p class="sentences">${article.sentences.map((sentence) => html`<span class="sentence" data-sentence=${sentence.number}
    >${matches(wanted, sentence) ? html`<mark>${sentence.text}</mark>` : sentence.text} </span>`)}</p>
  ${article.url ? html`<p class="muted small">${article.url}</p>` : nothing}`;
