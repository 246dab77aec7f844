"""Loads the prompts. Each is a Markdown file: its reasons in an HTML comment, then `# System` and `# User`."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TypeAlias

from bot.errors import WrongUse

Message: TypeAlias = dict[str, str]

_HEADER = re.compile(r"\A\s*<!--.*?-->\s*", re.DOTALL)
_SECTIONS = re.compile(r"# System\n(?P<system>.*?)\n# User\n(?P<user>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The two messages of one call, to be filled."""

    name: str
    system: Template
    user: Template

    @classmethod
    def parse(cls, name: str, raw: str) -> Prompt:
        """Raises WrongUse where a section is missing or a placeholder is malformed."""
        sections = _SECTIONS.fullmatch(_HEADER.sub("", raw.replace("\r\n", "\n")))
        if sections is None:
            raise WrongUse(f"The prompt {name}.md needs a '# System' and then a '# User' section.")
        system, user = (Template(sections[part].strip()) for part in ("system", "user"))
        if not (system.is_valid() and user.is_valid()):
            raise WrongUse(f"The prompt {name}.md has a malformed placeholder; a literal dollar is $$.")
        return cls(name, system, user)

    @property
    def digest(self) -> str:
        """Changes with every letter that is sent, not with the reasons in the header."""
        return hashlib.sha256(f"{self.system.template}\n# User\n{self.user.template}".encode()).hexdigest()

    @property
    def names(self) -> frozenset[str]:
        """The names that must be filled."""
        return frozenset(self.system.get_identifiers() + self.user.get_identifiers())

    def messages(self, **names: str) -> list[Message]:
        """The messages with every name filled. Raises KeyError where one is missing."""
        return [
            {"role": "system", "content": self.system.substitute(names)},
            {"role": "user", "content": self.user.substitute(names)},
        ]


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts, one a step; each is the file of its name."""

    answer: Prompt
    second_look: Prompt
    standalone: Prompt
    propose: Prompt
    digest: Prompt
    summary: Prompt

    @classmethod
    def load(cls, folder: Path | None = None) -> Prompts:
        """Read them from a folder, else from where the bot is installed. Raises WrongUse."""
        folder = folder or shipped()
        return cls(**{field.name: _read(folder / f"{field.name}.md") for field in fields(cls)})


def shipped() -> Path:
    """Where the prompts are: inside an installed package, else at the top of the checkout."""
    package = Path(str(files("bot")))
    installed = package / "prompts"
    return installed if installed.is_dir() else package.parent / "prompts"


def _read(path: Path) -> Prompt:
    try:
        return Prompt.parse(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The prompt {path} cannot be read.") from error
