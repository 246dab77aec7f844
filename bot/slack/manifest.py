"""What the app asks Slack for, as its manifest says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any


def _shipped() -> Path:
    """Beside the package's modules where it was installed from a wheel, else in the checkout."""
    package = Path(str(files("bot")))
    inside = package / "manifest.json"
    return inside if inside.exists() else package.parent / "manifest.json"


def manifest() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_shipped().read_text(encoding="utf-8"))
    return read


def bot_scopes() -> Sequence[str]:
    return [str(scope) for scope in manifest()["oauth_config"]["scopes"]["bot"]]
