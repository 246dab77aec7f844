"""The bot's own words, by language. A file named as ISO 639-1 names a language is all that it takes: what its MESSAGES
do not say stays English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from bot.errors import CrosscheckError
from bot.news.catalogue import en
from bot.news.catalogue.en import Messages

ENGLISH = en.MESSAGES
CODE_LETTERS = 2  # of a language's name, by which its file is told from others

_chosen: ContextVar[Messages] = ContextVar("chosen", default=ENGLISH)


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Messages]:
    """Every language that there is, by ISO 639-1."""
    names = [module.name for module in iter_modules(__path__) if len(module.name) == CODE_LETTERS]
    return {name: _whole(import_module(f"{__name__}.{name}").MESSAGES, ENGLISH) for name in sorted(names)}


def _whole(said: Any, english: Any) -> Any:
    """What a language leaves out of what is told by its kind, too, is English."""
    found = {}
    for field in fields(english):
        theirs, ours = getattr(said, field.name), getattr(english, field.name)
        if isinstance(ours, Mapping):
            found[field.name] = {**ours, **theirs}
        elif is_dataclass(ours):
            found[field.name] = _whole(theirs, ours)
    return replace(said, **found)


def of(language: str) -> Messages:
    """The words of a language; English where there are none."""
    return languages().get(language, ENGLISH)


def spoken() -> Messages:
    """The words of the language that is spoken here: English, or what `speaking` has chosen."""
    return _chosen.get()


def heard(language: str | None = None) -> list[Messages]:
    """What a person's words are read by: the language that is spoken, the one they are in where that can be told, and
    English."""
    return list({id(said): said for said in (spoken(), of(language or ""), ENGLISH)}.values())


def named(fault: BaseException) -> str:
    """What `because` tells an error by: its own sentence, or the nearest of its classes that there is one for."""
    if isinstance(fault, CrosscheckError) and fault.tell is not None:
        return fault.tell
    kinds = [kind.__name__ for kind in type(fault).__mro__ if kind.__name__ in ENGLISH.errors]
    return kinds[0] if kinds else CrosscheckError.__name__


def because(name: str) -> str:
    """What a person is told of what has gone wrong, so that they can act on it."""
    return spoken().errors.get(name, name)


def explained(fault: BaseException) -> str:
    return because(named(fault))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is said within is said in this language, for an answer's words come from many places; where it is empty, in
    that which is spoken already."""
    before = _chosen.set(of(language) if language else spoken())
    try:
        yield
    finally:
        _chosen.reset(before)
