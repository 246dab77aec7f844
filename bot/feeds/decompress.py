"""Takes the compression off an answer piece by piece, and stops at a bound: a small bomb stays small."""

from __future__ import annotations

import zlib

from bot.errors import UnreadableCoverage


class Inflater:
    """The body of one answer, as its pieces come in. `limit`: bytes, before and after decompression alike."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Raises UnreadableCoverage for a compression that was not asked for."""
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise UnreadableCoverage("it is compressed in a way that is not understood")
        self._compressed = encoding not in ("", "identity")
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        self._limit = limit
        self._taken = 0
        self._pieces: list[bytes] = []
        self._length = 0
        self.full = False

    def feed(self, piece: bytes) -> None:
        """Take a piece; once `full`, the body has reached its limit and was cut there.

        Raises UnreadableCoverage where the compression is broken.
        """
        if self.full:
            return
        self._taken += len(piece)
        if self._compressed:
            piece = self._inflated(piece)
        self._pieces.append(piece[: self._limit - self._length])
        self._length += len(piece)
        self.full = max(self._length, self._taken) > self._limit

    def body(self) -> bytes:
        return b"".join(self._pieces)

    @property
    def cut(self) -> bool:
        """Whether a compressed body ended before its end."""
        return self._compressed and self._taken > 0 and not self._inflate.eof

    def _inflated(self, piece: bytes) -> bytes:
        room = self._limit - self._length + 1
        try:
            if self._taken == len(piece) and piece and not _has_header(piece):
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers send deflate without its header
            return self._inflate.decompress(piece, room)
        except zlib.error as error:
            raise UnreadableCoverage("its compression is broken") from error


def _has_header(piece: bytes) -> bool:
    return piece[0] == 0x1F or (piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] << 8 | piece[1]) % 31 == 0))
