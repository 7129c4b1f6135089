"""What a page holds, counted from its source without vrom's readers: code blocks, headings and words."""

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_MARKS = re.compile(r"[*`\\]|\[(?=[^\]]*\]\()|\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_WORD = re.compile(r"[^\W_]+")


@dataclass
class Original:
    """The content of one page."""

    codes: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    """Its text without code and headings."""

    @property
    def words(self) -> Counter[str]:
        """The words of the prose, with their number."""
        return count_words(self.prose)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """The words of texts in Markdown or plain text, lower case, with their number; targets of links don't count."""
    return Counter(word for text in texts for word in _WORD.findall(_MARKS.sub("", html.unescape(text)).casefold()))


def code_lines(code: str) -> list[str]:
    """The lines of code that aren't blank, with whitespace normalised."""
    code = code.replace("\u200b", "")
    return [squeezed for line in code.splitlines() if (squeezed := " ".join(line.split()))]


def squeeze(text: str) -> str:
    """The letters and digits of a text, lower case: what two spellings of a heading have in common."""
    return re.sub(r"[\W_]+", "", html.unescape(text).casefold())
