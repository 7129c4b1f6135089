"""Decode the bytes of a file into text."""

import re

from vrom.builder.sources.extra import import_extra
from vrom.builder.text_dumps.encoding import has_broken_encoding, repair_encoding

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class UnreadableError(Exception):
    """A file has no readable text; the message is the reason, for display."""


class NothingToReadError(UnreadableError):
    """A file holds nothing that its author wrote for readers, so that nothing is lost without it."""


def decode(content: bytes, declared: str = "") -> str:
    """Decode a file's bytes: line breaks as line feeds, no byte order mark, broken encoding repaired.

    `declared` is the encoding that the sender of the bytes states, such as the charset of an HTTP header.

    Raises `NothingToReadError` if the content is empty, `UnreadableError` if it is binary or of unknown encoding, and
    `MissingExtraError` if it isn't UTF-8 or its encoding is broken, and the extra isn't installed.
    """
    if not content.strip():
        raise NothingToReadError("empty")
    text = _decode_bytes(content, declared).replace("\r\n", "\n").replace("\r", "\n")
    if has_broken_encoding(text):
        import_extra("ftfy", "Repairing text with a broken encoding")
        text = repair_encoding(text)
    if not text.strip():
        raise NothingToReadError("empty")
    return text


def _decode_bytes(content: bytes, declared: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    f"has a {encoding.upper()} byte order mark but is not {encoding.upper()}: {error.reason}"
                ) from error
    if _IN_ASCII.fullmatch(declared) and (text := _decode_declared(content, declared)) is not None:
        return text
    if (zero := content.find(b"\0")) >= 0:
        raise UnreadableError(f"binary file: NUL byte at {zero:,}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at {error.start:,}"
    if (text := _decode_declared(content, declared)) is not None:
        return text
    normalizer = import_extra("charset_normalizer", f"Reading a file that is not UTF-8 ({found})")
    best = normalizer.from_bytes(content).best()
    if best is None:
        raise UnreadableError(f"neither UTF-8 ({found}) nor another known text encoding")
    return str(best)


_IN_ASCII = re.compile(r"(?:iso-?2022|hz|utf-?(?:16|32)).*")
"""Encodings whose bytes may be valid UTF-8 of another text; any other text that is valid UTF-8 is UTF-8."""
_LATIN_1 = ("iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii")
_TEXT_ENCODING = re.compile(r"(?:utf|iso|cp|windows|koi|mac|gb|big5|euc|shift|sjis|hz|latin|tis|johab).*")


def _decode_declared(content: bytes, declared: str) -> str | None:
    """The text in a declared encoding; None if it is unknown or the bytes aren't valid in it.

    What is called Latin-1 is cp1252, as in browsers (https://encoding.spec.whatwg.org/#names-and-labels).
    """
    encoding = "cp1252" if declared in _LATIN_1 else declared
    if not _TEXT_ENCODING.fullmatch(encoding):
        return None
    try:
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None
