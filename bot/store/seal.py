"""Secrets at rest: sealed before they are stored, and opened by whoever holds a key."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from bot.errors import SealedAway, WrongUse


class Seal:
    """`keys`: Fernet keys, parted by commas. The first one seals and all of them open, so that a new key is put before
    the others, and an old one is taken away once nothing is sealed under it any more.

    Raises WrongUse where one is no such key.
    """

    def __init__(self, keys: SecretStr) -> None:
        given = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]
        try:
            found = [Fernet(key) for key in given]
            self._first, self._all = found[0], MultiFernet(found)
        except (ValueError, IndexError):  # whose words may hold the key
            raise WrongUse("TOKEN_KEYS takes Fernet keys, parted by commas; the README says how to make one") from None

    def close(self, secret: str) -> str:
        return self._first.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SealedAway."""
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            raise SealedAway("none of TOKEN_KEYS opens what is stored: add the key that it was sealed under") from None

    def renewed(self, sealed: str) -> str | None:
        """The same under the first key; None where it is so already. Raises SealedAway."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return self.close(self.open(sealed))
        return None
