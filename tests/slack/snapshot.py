"""Messages kept as readable JSON, to be read in review. REWRITE_SNAPSHOTS=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "snapshots"


def assert_kept(name: str, found: Any) -> None:
    """The value is the one kept under this name."""
    path = FOLDER / f"{name}.json"
    shown = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("REWRITE_SNAPSHOTS"):
        path.write_text(shown, encoding="utf-8")
    assert path.is_file(), f"no snapshot {path.name} yet: run once with REWRITE_SNAPSHOTS=1 and read what it wrote"
    assert path.read_text(encoding="utf-8") == shown
