"""Raw text with what people don't see made visible."""

from markupsafe import Markup, escape

from vrom.format.hidden_text import hidden_ranges

LONGEST = 20_000
"""Characters of a chunk that are shown."""


def show_hidden(text: str) -> Markup:
    """Escaped text in which each hidden character is a mark with its code point."""
    shown, rest = text[:LONGEST], len(text) - LONGEST
    parts: list[Markup] = []
    end = 0
    for start, stop, kind in hidden_ranges(shown):
        points = " ".join(f"U+{ord(character):04X}" for character in shown[start:stop][:40])
        more = f" and {stop - start - 40} more" if stop - start > 40 else ""
        parts += [
            _plain(shown[end:start]),
            Markup('<mark class="hidden" title="{}">{}{}</mark>').format(kind, points, more),
        ]
        end = stop
    parts.append(_plain(shown[end:]))
    if rest > 0:
        parts.append(Markup('<span class="quiet">… {} more characters</span>').format(f"{rest:,}"))
    return Markup("").join(parts)


def _plain(text: str) -> Markup:
    return escape(text.encode("utf-8", "backslashreplace").decode())
