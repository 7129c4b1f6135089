"""Decode the bytes of a file into text."""

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


def decode(content: bytes) -> str:
    """Decode a file's bytes: line breaks as line feeds, no byte order mark, broken encoding repaired.

    Raises `NothingToReadError` if the content is empty, `UnreadableError` if it is binary or of unknown encoding, and
    `MissingExtraError` if it isn't UTF-8 or its encoding is broken, and the extra isn't installed.
    """
    if not content.strip():
        raise NothingToReadError("empty")
    text = _decode_bytes(content).replace("\r\n", "\n").replace("\r", "\n")
    if has_broken_encoding(text):
        import_extra("ftfy", "Repairing text with a broken encoding")
        text = repair_encoding(text)
    if not text.strip():
        raise NothingToReadError("empty")
    return text


def _decode_bytes(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    f"has a {encoding.upper()} byte order mark but is not {encoding.upper()}: {error.reason}"
                ) from error
    if (zero := content.find(b"\0")) >= 0:
        raise UnreadableError(f"binary file: NUL byte at {zero:,}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at {error.start:,}"
    normalizer = import_extra("charset_normalizer", f"Reading a file that is not UTF-8 ({found})")
    best = normalizer.from_bytes(content).best()
    if best is None:
        raise UnreadableError(f"neither UTF-8 ({found}) nor another known text encoding")
    return str(best)
