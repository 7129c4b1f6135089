"""The error in pasted output, as hosts, shells and logs hand it on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.search.pasted_error import find_error

PYTHON = """Traceback (most recent call last):
  File "/app/shop.py", line 3, in <module>
    kettle.boil()
    ~~~~~~~~~~~^^
kettle.errors.DryBoil: kettle 7 is empty
"""
ERROR = "kettle.errors.DryBoil: kettle 7 is empty"
OUTPUT = {
    "a trace": (PYTHON, ERROR),
    "with line breaks of Windows": (PYTHON.replace("\n", "\r\n"), ERROR),
    "indented": ("\n".join("    " + line for line in PYTHON.split("\n")), ERROR),
    "escaped in JSON": (PYTHON.replace('"', r"\"").replace("\n", r"\n"), ERROR),
    "coloured": (PYTHON.replace("Trace", "\x1b[31mTrace").replace("kettle.errors", "\x1b[1mkettle.errors"), ERROR),
    "in a log of containers": ("\n".join("web-1  | " + line for line in PYTHON.strip().split("\n")), ERROR),
    "a chained cause": (
        PYTHON
        + "\nDuring handling of the above exception, another exception occurred:\n\n"
        + PYTHON.replace(ERROR, "ShopError: no tea"),
        ERROR + "\nShopError: no tea",
    ),
    "a group of exceptions": (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/app/shop.py", line 9, in main\n  |     run()\n'
        "  | ExceptionGroup: two tasks failed (1 sub-exception)\n  +-+---------------- 1 ----------------\n"
        '    | Traceback (most recent call last):\n    |   File "/app/shop.py", line 3, in f\n    | ' + ERROR + "\n"
        "    +------------------------------------\n",
        "ExceptionGroup: two tasks failed (1 sub-exception)\n" + ERROR,
    ),
    "pytest": (
        "tests/test_shop.py::test_tea PASSED [ 50%]\n=== FAILURES ===\nE       " + ERROR + "\n"
        "tests/test_shop.py:12: DryBoil\n=== short test summary info ===\n",
        ERROR,
    ),
    "Java": (
        'Exception in thread "main" java.lang.IllegalStateException: boom\n'
        "\tat com.acme.Main.run(Main.java:12)\n\tat java.base/java.lang.Thread.run(Native Method)\n"
        "Caused by: com.acme.DryBoil: kettle 7 is empty\n\t... 23 more\n",
        'Exception in thread "main" java.lang.IllegalStateException: boom\n'
        "Caused by: com.acme.DryBoil: kettle 7 is empty",
    ),
    "a log of Java": (
        "2024-05-01T12:00:00.123Z ERROR [main] java.net.BindException: Address already in use\n"
        "2024-05-01T12:00:00.123Z ERROR [main]     at sun.nio.ch.Net.bind0(Native Method)\n",
        "java.net.BindException: Address already in use",
    ),
    "JavaScript": (
        "TypeError: kettle.boil is not a function\n    at brew (/app/shop.js:3:12)\n    at async file:///app/main.js:9:1\n",
        "TypeError: kettle.boil is not a function",
    ),
    "Go": (
        "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.fill(0xc000012345)\n"
        "\t/app/shop.go:8 +0x40\nexit status 2\n",
        "panic: assignment to entry in nil map",
    ),
    "a compiler": (
        "error[E0502]: cannot borrow `v` as mutable\n --> src/main.rs:6:5\n  |\n4 |     let first = &v[0];\n"
        "  |                  - immutable borrow occurs here\n",
        "error[E0502]: cannot borrow `v` as mutable\nimmutable borrow occurs here",
    ),
    "npm": (
        "npm warn deprecated tea@1.0.0: no longer supported\nnpm ERR! code ERESOLVE\nnpm ERR!\n"
        "npm ERR! A complete log of this run can be found in:\nnpm ERR!     /root/.npm/_logs/2024.log\n",
        "npm ERR! code ERESOLVE",
    ),
}


@pytest.mark.parametrize("kind", OUTPUT)
def test_what_went_wrong_is_searched_and_not_where(kind):
    text, error = OUTPUT[kind]
    assert find_error(text, 4_000)[0] == error


def test_the_question_around_it_counts():
    assert find_error(f"Why does this fail?\n\n{PYTHON}\nI use kettle 2.", 4_000)[0] == (
        f"Why does this fail?\n{ERROR}\nI use kettle 2."
    )


@pytest.mark.parametrize(
    "text",
    [
        "how do I boil water",
        "| a | b |\n| - | - |\n| 1 | 2 |\nhow do I write this table?",
        "#1 priority: at noon (12:30) we go\nerror: none",
        "  kettle.boil()\n\n  kettle.fill()",
        "What does File mean in `File(path)`?",
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert find_error(text, 4_000)[0] == text


def test_of_what_is_too_long_begin_end_and_errors_are_kept():
    text = "how do I brew\n" + "some words\n" * 900 + "ValueError: too hot\n" + "more words\n" * 900 + "the end"
    found, was_cut = find_error(text, 1_000)
    assert was_cut
    assert len(found) <= 1_000
    assert found.startswith("how do I brew")
    assert "ValueError: too hot" in found
    assert found.endswith("the end")


@given(st.text(max_size=400), st.integers(1, 200))
def test_it_never_has_more_than_there_is_room_for(text, room):
    assert len(find_error(text, room)[0]) <= max(room, len("\n\n"))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part", ["at (", "a.b::", "\\n", "[", " |", 'File "', "0: ", "created by a.", "-", "2024-01-01 00:00 [x] "]
)
def test_no_text_takes_long(part):
    find_error(part * 100_000, 4_000)
    find_error((part + "\n") * 50_000, 4_000)
