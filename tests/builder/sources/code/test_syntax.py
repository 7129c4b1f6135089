import subprocess
import sys

import pytest

from vrom.builder.sources.code.syntax import parse
from vrom.builder.sources.formats.encodings.decode import UnreadableError

THREADS = """
from concurrent.futures import ThreadPoolExecutor
from vrom.builder.sources.code.syntax import parse
sources = {"go": "package a\\nfunc F() {}\\n", "rust": "pub fn f() {}\\n", "typescript": "export function f(): void\\n"}
with ThreadPoolExecutor(8) as pool:
    for root in pool.map(lambda at: parse(list(sources)[at % 3], sources[list(sources)[at % 3]] * 2000), range(48)):
        assert not root.has_error
"""


@pytest.mark.timeout(120)
def test_threads_parse_side_by_side():
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "it crashed"


def test_broken_code_has_a_tree():
    assert parse("go", "package a\nfunc (").has_error


def test_parsing_ends_in_time_and_the_next_text_is_read(monkeypatch):
    monkeypatch.setattr("vrom.builder.sources.code.syntax.SECONDS", 0.0)
    with pytest.raises(UnreadableError, match="took more than 0 s"):
        parse("rust", 'r#"' * 100_000)
    monkeypatch.undo()
    assert not parse("rust", "pub fn f() {}").has_error
