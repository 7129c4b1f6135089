"""Help texts fit a terminal of 80 columns, and wrong usage is worded for people."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from vrom.cli import COMMANDS, make_app

NAMES = [name for commands in COMMANDS.values() for name in commands]


def run(*arguments):
    return CliRunner().invoke(make_app(arguments[0]), list(arguments), env={"COLUMNS": "80", "TERM": "xterm"})


def commands_of(name):
    """The words that call a command, or each command of a group."""
    inner = getattr(get_command(make_app(name)).commands[name], "commands", {})
    return [[name, one] for one in inner] or [[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_help_names_every_option_whole_and_no_type_of_python(name):
    for words in commands_of(name):
        help_text = run(*words, "--help").output
        assert "<bool>" not in help_text
        assert "<list" not in help_text
        assert not [line for line in help_text.splitlines() if line.startswith("│ --") and "…  " in line[:40]]


def test_a_paragraph_of_the_help_is_wrapped_only_where_the_line_ends():
    paragraph = run("add", "--help").output.partition("project locks.")[2].partition("╭")[0]
    lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
    assert len(lines) > 2
    assert all(len(line) > 60 for line in lines[:-1])


def test_a_default_from_the_environment_is_shown():
    assert "[default: $VROM_STORE]" in run("serve", "--help").output


def test_a_value_that_is_none_of_the_choices_is_refused_in_plain_words():
    done = run("search", "kettle", "--mode", "fuzzy")
    assert done.exit_code == 2
    assert "Invalid value for '--mode': 'fuzzy' is not one of" in " ".join(done.output.split())


def test_a_shell_completes_the_names_of_hosts():
    environment = {"_VROM_COMPLETE": "complete_bash", "COMP_WORDS": "vrom install c", "COMP_CWORD": "2"}
    done = CliRunner().invoke(make_app(), [], prog_name="vrom", env=environment)
    assert done.output.split() == ["claude-code", "codex", "copilot-cli", "claude-desktop", "cursor", "cline"]
