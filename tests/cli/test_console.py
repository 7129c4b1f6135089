"""How the commands word things for people."""

import pytest

from vrom.cli.console import escape_text, format_count, format_size


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 chunks"), (1, "1 chunk"), (2, "2 chunks"), (1_234_567, "1,234,567 chunks")]
)
def test_a_number_of_things(number, words):
    assert format_count(number, "chunk") == words


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 bytes"), (12_743, "12.7 kB"), (23_878_835, "23.9 MB"), (3_100_000_000, "3.1 GB")]
)
def test_a_size(size, words):
    assert format_size(size) == words


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred", "\x9b31m", "a\rb", "a\nb", "\x00", "\u202egpj.exe", "\u200b", "\U000e0041", "\x1b]0;title\x07"],
)
def test_text_of_others_brings_nothing_that_a_terminal_obeys_or_hides(text):
    assert escape_text(text).isprintable()
    assert "·" in escape_text(text)


def test_text_of_others_is_no_markup():
    assert escape_text("[red]no[/]") == "\\[red]no\\[/]"
    assert escape_text("Käse 日本 🫖") == "Käse 日本 🫖"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("token", "new", "laptop"), ("key", "new"), ("bundle", "mcpb", "--out", "file/vrom.mcpb"), ("lock", "kettle")],
    ids=" ".join,
)
def test_a_file_out_of_reach_is_an_error_in_a_line_not_a_traceback(vrom, arguments):
    (vrom.folder / "file").write_text("no folder")
    done = vrom(*arguments, VROM_HOME=str(vrom.folder / "file"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: "), done.stderr
    assert len(done.stderr.splitlines()) == 1
