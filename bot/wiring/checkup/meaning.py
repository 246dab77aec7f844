"""What `doctor` looks at where an embedding model is set: whether it replies in time, and which excerpts wait."""

from __future__ import annotations

import time

from bot.errors import CrosscheckError
from bot.settings import Settings
from bot.store.database import Database
from bot.store.search.vectors import Vectors
from bot.wiring.checkup.findings import Finding, ok, trouble
from bot.wiring.coverage.meaning import QUERY_S, embedding_model

WHAT = "embedding model"
OTHERWISE = "until then coverage is found by words alone"
CHECK = f"check OPENAI_EMBEDDING_MODEL and that OPENAI_BASE_URL has /embeddings; {OTHERWISE}"


async def check_embedding_model(settings: Settings) -> Finding:
    """Has one word embedded, as patiently as any call."""
    try:
        embedder = embedding_model(settings)
    except CrosscheckError as fault:
        return trouble(WHAT, str(fault))
    if embedder is None:
        return trouble(WHAT, f"it needs OPENAI_API_KEY, which may be any word where the server wants none; {OTHERWISE}")
    began = time.monotonic()
    try:
        (vector,) = (await embedder.embed(["ready"])).vectors
    except CrosscheckError as fault:
        return trouble(WHAT, f"{fault}; {CHECK}")
    finally:
        await embedder.aclose()
    if vector is None:
        return trouble(WHAT, f"{embedder.model} does not take a word; {CHECK}")
    took_s = time.monotonic() - began
    if took_s > QUERY_S:
        waits = f"a question waits {QUERY_S:.0f} s and is then searched by its words alone; take a faster one"
        return trouble(WHAT, f"{embedder.model} took {took_s:.1f} s, but {waits}")
    return ok(WHAT, f"{embedder.model} replied within {took_s:.1f} s, vectors of {len(vector)}")


async def check_vectors(database: Database, workspace: str, model: str) -> Finding:
    """Raises StoreError."""
    stored = Vectors(database, workspace)
    excerpts, done = await stored.counts(model)
    told = f"{done} of {excerpts} excerpts have one of {model}"
    if done < excerpts:
        told += "; `python -m bot run` and each `ingest` go on with the others"
    return ok("vectors", f"{told}; compared by {await stored.compared_by()}")
