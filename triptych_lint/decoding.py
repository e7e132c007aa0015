"""From the bytes of a file to its text, as Python itself would read them, and back again."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, lookup
from dataclasses import dataclass
from tokenize import detect_encoding

_TWO_LINES = re.compile(rb"(?:[^\r\n]*(?:\r\n|\r|\n|\Z)){0,2}")
_NON_ASCII = re.compile(rb"[\x80-\xff]")


class UnreadableSource(Exception):
    """The file holds no Python text; the message is one line that names the cause, not the path.

    ``gates`` is false where nothing is wrong with the file: it is only not for us.
    """

    def __init__(self, message: str, *, gates: bool = True) -> None:
        super().__init__(message)
        self.gates = gates


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text was written; ``exact`` if encoding the text gives the same bytes again."""

    name: str
    bom: bytes = b""
    exact: bool = True

    def encode(self, text: str) -> bytes:
        """The bytes of ``text``, the byte order mark included.

        Raises:
            ValueError: where the encoding has no bytes for a character, or where its bytes are
                ambiguous, so that rewriting would change more than was edited.
        """
        if not self.exact:
            raise ValueError(f"its {self.name} bytes cannot be kept as they are")
        try:
            return self.bom + text.encode(self.name)
        except UnicodeEncodeError as error:
            character = ascii(text[error.start])
            raise ValueError(f"{self.name} cannot represent {character}") from None


def decode_python(data: bytes) -> tuple[str, Encoding]:
    """The text of a Python file: no byte order mark, line endings as they are.

    Raises:
        UnreadableSource: on NUL bytes, a coding comment that names no usable encoding, or bytes
            that are not of the encoding.
    """
    if b"\0" in data:
        raise UnreadableSource("contains NUL bytes: not Python text")
    return decode(data, _declared_encoding(data))


def decode(data: bytes, encoding: str = "utf-8") -> tuple[str, Encoding]:
    """Decode ``data`` without its UTF-8 byte order mark; raises UnreadableSource."""
    bom = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    body = data[len(bom) :]
    try:
        text = body.decode(encoding)
        exact = encoding == "utf-8" or text.encode(encoding) == body
    except UnicodeDecodeError as error:
        offset = len(bom) + error.start
        byte = data[offset : offset + 1].hex()
        raise UnreadableSource(
            f"cannot be decoded as {encoding}: byte 0x{byte} at offset {offset}"
        ) from None
    except (LookupError, ValueError):
        raise _unusable(encoding) from None
    return text, Encoding(encoding, bom, exact)


def _declared_encoding(data: bytes) -> str:
    """What the coding comment says; without one, UTF-8."""
    head = _TWO_LINES.match(data)
    assert head is not None
    bom = data.startswith(BOM_UTF8)
    # The standard library looks for the comment in UTF-8 lines; Python itself is less strict, so
    # that an accent beside a latin-1 coding comment is fine.
    lines = _NON_ASCII.sub(b"?", head[0].removeprefix(BOM_UTF8)).splitlines(keepends=True)
    try:
        written, _ = detect_encoding(iter([*lines, b"", b""]).__next__)
    except SyntaxError as error:
        cause = str(error).removeprefix("unknown encoding: ")
        raise UnreadableSource(f'unknown encoding "{cause}" in the coding comment') from None
    try:
        name = lookup(written).name
        ascii_stays_ascii = "coding:\r\n#".encode(name) == b"coding:\r\n#"
    except (LookupError, ValueError):
        ascii_stays_ascii = False
    if not ascii_stays_ascii:
        raise _unusable(written)
    if bom and name != "utf-8":
        raise UnreadableSource(f"byte order mark of utf-8, but the coding comment says {written}")
    return name


def _unusable(name: str) -> UnreadableSource:
    return UnreadableSource(f'"{name}" in the coding comment is no encoding for Python text')
