"""Decode the bytes of a file into text."""

import re
from dataclasses import dataclass

from vrom.builder.document import Remark
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.declared import find_declared_encoding, normalize_encoding
from vrom.builder.sources.formats.encodings.guess import WESTERN, guess_encoding
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


@dataclass(frozen=True)
class Decoded:
    """The text of a file."""

    text: str
    """With line feeds as line breaks, and no byte order mark."""
    guessed: str = ""
    """The encoding, if it was guessed: the text isn't UTF-8 and declares no other, or only most of it is UTF-8."""
    damaged: bool = False
    """True if bytes of the content aren't of its encoding, and replacement characters stand for them."""
    repaired: bool = False
    """True if UTF-8 had been decoded as a code page before (`â€™` for `’`), which was undone."""

    def remarks(self, name: str) -> tuple[Remark, ...]:
        """What there is to say about the decoding of a file of this name."""
        found = (
            (self.guessed, Remark("encoding guessed", f"{name}: {self.guessed}")),
            (self.damaged, Remark("bytes that are not of the file's encoding", name, lost=True)),
            (self.repaired, Remark("broken encoding repaired", name)),
        )
        return tuple(remark for applies, remark in found if applies)


def decode(content: bytes, declared: str = "") -> str:
    """The text of `decode_content`. Raises as it does."""
    return decode_content(content, declared).text


def decode_content(content: bytes, declared: str = "") -> Decoded:
    """Decode a file's bytes: as their byte order mark says, else as UTF-8, as declared, or as guessed.

    `declared` is what the content came with, such as the charset of an HTTP header; the content may declare another.
    UTF-8 comes first, because text of another encoding that happens to be UTF-8 is rarer than a wrong declaration.

    Raises `UnreadableError` if the content is empty, binary or of unknown encoding, and `MissingExtraError` if its
    encoding is broken or neither UTF-8 nor Western, and the extra isn't installed.
    """
    if not content.strip():
        raise NothingToReadError("empty")
    text, guessed = _decode_bytes(content, declared)
    damaged = bool(guessed) and _LOST in text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if repaired := has_broken_encoding(text):
        import_extra("ftfy", "Repairing text with a broken encoding")
        text = repair_encoding(text)
    if not text.strip():
        raise NothingToReadError("empty")
    return Decoded(text, guessed, damaged, repaired)


def _decode_bytes(content: bytes, declared: str) -> tuple[str, str]:
    """The text, and the encoding if it was guessed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), ""
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    f"has a {encoding.upper()} byte order mark but is not {encoding.upper()}: {error.reason}"
                ) from error
    if (zero := content.find(b"\0")) >= 0:
        raise UnreadableError(f"binary file: NUL byte at {zero:,}")
    names = [name for name in (normalize_encoding(declared), find_declared_encoding(content)) if name]
    in_escapes = [name for name in names if name.startswith(("iso2022", "hz"))]  # these are ASCII as well
    problem = ""
    for name in [*in_escapes, "utf-8-sig", *names]:
        try:
            return content.decode(name), ""
        except UnicodeDecodeError as error:
            problem = f"byte 0x{content[error.start]:02x} at {error.start:,}"
    guessed = guess_encoding(content)
    if guessed == "utf-8":
        return _FOREIGN_BYTES.sub(_decode_foreign, content.decode("utf-8", "surrogateescape")), guessed
    if guessed:
        return content.decode(guessed, "replace"), guessed
    import_extra("chardetng_py", f"Reading a file that is not UTF-8 ({problem})")
    raise UnreadableError(f"neither UTF-8 ({problem}) nor another known text encoding")


_LOST = "\N{REPLACEMENT CHARACTER}"
_FOREIGN_BYTES = re.compile("[\udc80-\udcff]+")


def _decode_foreign(found: re.Match[str]) -> str:
    """A single byte that isn't UTF-8 as a letter of Windows-1252; several are what is left of a lost character."""
    return found[0].encode("utf-8", "surrogateescape").decode(WESTERN, "replace") if len(found[0]) == 1 else _LOST
