"""Sample coverage: one invented story by invented outlets, with labelled questions.

`ARTICLES` holds the coverage, `QUESTIONS` the labelled questions on it (the format of `eval`), and `ARRIVALS`
ready articles that are not part of it until someone adds one: a correction that settles a dispute, a report that
opens one, and a further reprint of the agency text, which changes nothing.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_HERE = Path(str(files(__name__)))

ARTICLES = _HERE / "articles"
ARRIVALS = _HERE / "arrivals"
KEPT = _HERE / "kept"  # replies of a model to the ready questions, as they came
QUESTIONS = _HERE / "questions.json"
FIRST_QUESTION = "Is the repeal just for Anthropic or for every US AI developer?"
