"""The encoding that a file declares, in the forms of HTML, XML, Emacs, Vim, reStructuredText and others."""

import codecs
import re

_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.MULTILINE)
    for form in (
        rb"\A\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w.:-]+)",
        rb"<meta\s[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)",
        rb"\A(?:.*\n)?.*?coding[:=]\s*([\w.-]+)",  # Python and docutils (PEP 263), Emacs, Vim: the first two lines
        rb"^:encoding:\s*([\w.-]+)",  # AsciiDoc
        rb"^@documentencoding\s+([\w.-]+)",  # Texinfo
        rb"^\\encoding\{([\w.-]+)\}",  # R documentation
        rb"^=encoding\s+([\w.-]+)",  # Perl documentation
    )
)
_AT_THE_END = re.compile(rb"Local Variables:.*?\bcoding:\s*([\w.-]+)", re.IGNORECASE | re.DOTALL)  # Emacs
_BEGINNING, _END = 4096, 3000
"""Bytes in which a declaration is looked for."""

_AS_BROWSERS_READ = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
"""Supersets that are meant by the names of others (WHATWG Encoding Standard, section 4.2), by Python's names."""
_LARGEST_NAME = 40
_NO_ENCODINGS_OF_FILES = ("utf-16", "utf-32", "utf-7", "idna", "puny", "unicode", "raw", "undefined", "mbcs", "oem")


def find_declared_encoding(content: bytes) -> str:
    """The encoding that the content declares, by Python's name; empty if none that is known."""
    beginning = content[:_BEGINNING]
    found = [form.search(beginning) for form in _FORMS] + [_AT_THE_END.search(content[-_END:])]
    names = (normalize_encoding(match[1].decode("ascii", "ignore")) for match in found if match)
    return next(filter(None, names), "")


def normalize_encoding(name: str) -> str:
    """Python's name of the encoding that a declared name means; empty for an unknown one.

    UTF-16 and UTF-32 are none: a declaration that could be read as ASCII isn't in them.
    """
    name = name.strip().strip("\"'").lower().removesuffix("-unix").removesuffix("-dos").removesuffix("-mac")
    if not name or len(name) > _LARGEST_NAME or not re.fullmatch(r"[\w.:-]+", name, re.ASCII):
        return ""
    try:
        found = codecs.lookup({"x-sjis": "cp932", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949"}.get(name, name)).name
        b"a".decode(found, "replace")
    except LookupError:
        return ""  # unknown, or no encoding of text
    if found.startswith(
        ("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw", "undefined", "mbcs", "oem")
    ):
        return ""
    return _AS_BROWSERS_READ.get(found, found)
