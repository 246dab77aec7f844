"""Articles from files: `.txt`, `.md` with YAML front matter, `.html`; details for plain texts from `sources.csv`."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from bot.errors import UnreadableCoverage, WrongUse
from bot.feeds.articles import Details, Skipped, make_article
from bot.feeds.cleaning import clean, decode
from bot.feeds.confined import Confined
from bot.feeds.extraction import MAX_PAGE_BYTES
from bot.feeds.markdown import read_markdown
from bot.news.model import Article

MAX_TEXT_BYTES = 1_000_000  # about 160,000 words; a longer one is no article
MAX_MARKDOWN_BYTES = 250_000  # about 40,000 words; of more, brackets alone can take half a minute to read
SOURCES = "sources.csv"

_TEXT, _MARKDOWN, _PAGE = (".txt", ".text"), (".md", ".markdown"), (".html", ".htm")
_READ = _TEXT + _MARKDOWN + _PAGE
_DATA = (".csv", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".db")  # stands beside articles and is none


def read_folder(path: Path) -> Iterator[Article | Skipped]:
    """The articles of a folder and its subfolders in the order of their paths, or of one file.

    What cannot be read is given as Skipped and stops nothing. Hidden files and data files are passed over in silence.
    Raises WrongUse at once where there is no such folder or file.
    """
    if path.is_dir():
        paths = paths_in(path)
        return read_paths(path, paths, paths)
    if path.exists():
        return read_paths(path.parent, [path], [path])
    raise WrongUse(f"there is no folder or file at {path}")


def read_paths(root: Path, paths: Sequence[Path], chosen: Iterable[Path]) -> Iterator[Article | Skipped]:
    """The articles of the chosen ones among all paths of a folder; all of them tell which ids are free."""
    ids = _ids(paths)
    sources: dict[Path, Mapping[str, Details]] = {}
    with Confined() as confined:
        for path in chosen:
            where, folder = relative(root, path), path.parent
            if folder not in sources:
                sources[folder], trouble = _sources(root, folder)
                yield from trouble
            try:
                yield _read(path, confined, id=ids[path], identity=where, known=sources[folder].get(path.name))
            except UnreadableCoverage as error:
                yield Skipped(where, str(error))


def paths_in(root: Path) -> list[Path]:
    """The files of a folder that may be articles, in the order of their paths."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".") and not name.lower().endswith(_DATA)]
    return sorted(found, key=lambda path: path.relative_to(root).parts)


def relative(root: Path, path: Path) -> str:
    return _printable(path.relative_to(root).as_posix())


def _read(path: Path, confined: Confined, *, id: str, identity: str, known: Details | None) -> Article:
    """`known` fills what the file itself does not say."""
    suffix = path.suffix.lower()
    if suffix not in _READ:
        raise UnreadableCoverage("only .txt, .md and .html files are read")
    if suffix in _PAGE:
        page = confined.page(_content(path, MAX_PAGE_BYTES))
        text, details = page.text, page.details
    elif suffix in _MARKDOWN:
        text, details = read_markdown(decode(_content(path, MAX_MARKDOWN_BYTES)))
    else:
        text, details = decode(_content(path, MAX_TEXT_BYTES)), Details()
    return make_article(
        id, text, details.filled_from(known or Details()), outlet=_printable(path.name), identity=identity
    )


def _ids(paths: Sequence[Path]) -> dict[Path, str]:
    """Each file's name without its extension; of several with one name, all but the first get a number."""
    ids: dict[Path, str] = {}
    taken = {_printable(path.stem) for path in paths}
    given: set[str] = set()
    for path in paths:
        stem = id = _printable(path.stem)
        number = 1
        while id in given or (number > 1 and id in taken):
            number += 1
            id = f"{stem}-{number}"
        given.add(id)
        ids[path] = id
    return ids


def _sources(root: Path, folder: Path) -> tuple[Mapping[str, Details], list[Skipped]]:
    """What a folder's `sources.csv` says, by file name, and what of it cannot be used."""
    path = folder / SOURCES
    if not path.exists():
        return {}, []
    where = relative(root, path)
    try:
        text = clean(decode(_content(path, MAX_TEXT_BYTES)))
        header = text.partition("\n")[0]
        delimiter = max(",;\t", key=header.count)
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))
    except (UnreadableCoverage, csv.Error) as error:
        return {}, [Skipped(where, str(error))]
    found: dict[str, Details] = {}
    trouble = []
    for number, row in enumerate(rows, 2):
        values = {(name or "").strip().lower(): value for name, value in row.items()}
        try:
            found[str(values.get("file") or "").strip()] = Details.model_validate(values)
        except ValidationError:
            trouble.append(Skipped(where, f"row {number} cannot be read"))
    return found, trouble


def _content(path: Path, limit: int) -> bytes:
    if path.exists() and not path.is_file():
        raise UnreadableCoverage("it is not a file")  # a pipe or a device would be waited on for ever
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UnreadableCoverage("it cannot be opened") from error
    if len(content) > limit:
        raise UnreadableCoverage(f"it is larger than {limit / 1_000_000:g} MB")
    if not content.strip():
        raise UnreadableCoverage("it is empty")
    return content


def _printable(name: str) -> str:
    """A file name as text that can be stored: names on disk may hold bytes that are no characters."""
    return name.encode("utf-8", errors="replace").decode("utf-8")
