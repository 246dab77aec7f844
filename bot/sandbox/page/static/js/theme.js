/** Light, dark, or as the system has it. */

import { changed } from "./state.js";

const THEMES = [
  { name: "", word: "as the system", mark: "◐" },
  { name: "light", word: "light", mark: "☀" },
  { name: "dark", word: "dark", mark: "☾" },
];

let at = Math.max(0, THEMES.findIndex((found) => found.name === (localStorage.getItem("theme") ?? "")));

export const theme = () => THEMES[at];

function apply() {
  document.documentElement.dataset.theme = theme().name;
  localStorage.setItem("theme", theme().name);
}

export function nextTheme() {
  at = (at + 1) % THEMES.length;
  apply();
  changed();
}

apply();
