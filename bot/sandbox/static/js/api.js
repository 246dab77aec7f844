/** Talks to the sandbox's server. Every failure ends as an Error whose message is a sentence for the person. */

async function answered(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const failure = new Error(body.error || "The sandbox does not answer.");
    failure.status = response.status;
    throw failure;
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

/** What the bot tells of itself; null where it does not know, as in a sandbox without a bot. */
export async function dev(path, query) {
  try {
    return await get(`/dev/${path}`, query);
  } catch (failure) {
    if (failure.status === 404 || failure.status === 502) return null;
    throw failure;
  }
}
