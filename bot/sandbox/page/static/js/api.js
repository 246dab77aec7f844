/** Talks to the sandbox's server. Every failure ends as an Error whose message is a sentence for the person. */

async function answered(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.error || "The sandbox does not answer.");
  }
  return body;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  return answered(response);
}

export const get = (path, query = {}) => ask(`${path}?${new URLSearchParams(query)}`);

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

/** What the bot tells of itself; null where it does not know, or does not answer. */
export const dev = (path, query) => get(`/dev/${path}`, query).catch(() => null);
