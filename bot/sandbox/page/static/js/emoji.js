/** Slack's short names, such as `:warning:`, as characters. */

const byName = new Map();

export async function loadEmoji() {
  const told = await (await fetch("/static/vendor/emoji-shortcodes.json")).json();
  for (const [code, names] of Object.entries(told)) {
    const points = code.split("-").map((hex) => parseInt(hex, 16));
    // Old symbols are drawn as text unless they ask to be pictures.
    const text = String.fromCodePoint(...points, ...(points.length === 1 && points[0] < 0x1f000 ? [0xfe0f] : []));
    for (const name of [names].flat()) byName.set(name, text);
  }
}

export const emoji = (name) => byName.get(name.replace(/::skin-tone-\d$/, "")) ?? `:${name}:`;

export const named = (text) => text.replace(/:([a-z0-9_+'-]+):/g, (all, name) => byName.get(name) ?? all);
