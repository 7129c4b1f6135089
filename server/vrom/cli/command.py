"""Help texts and messages about wrong usage, beside what Typer makes of them."""

import re
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

_PLACEHOLDERS: dict[Any, str] = {bool: "", int: "N", float: "N", str: "TEXT", list[str]: "TEXT", Path: "PATH"}
"""Words for a value of a type in the help: short, since options share the line with their descriptions."""


class Command(TyperCommand):
    """A command whose help has flags without a type, and paragraphs without the line breaks of their source."""

    def __init__(self, name: str | None, **given: Any) -> None:
        super().__init__(name, **given)
        self.help = _join_lines(self.help)

    def get_params(self, ctx: Any) -> Any:
        """The parameters, with a placeholder for their values."""
        return _add_placeholders(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments. A wrong value is refused without the words of the library that found it."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


class CommandGroup(TyperGroup):
    """A group of commands, with the same help."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.help = _join_lines(self.help)

    def get_params(self, ctx: Any) -> Any:
        """The parameters, with a placeholder for their values."""
        return _add_placeholders(super().get_params(ctx))


def _add_placeholders(parameters: list[Any]) -> list[Any]:
    for one in parameters:
        if isinstance(one, TyperOption) and one.metavar is None:
            one.metavar = _PLACEHOLDERS.get(one.type_descriptor.annotation)
        elif isinstance(one, TyperArgument):  # its name stands there already
            vars(one)["display_type_rich"] = lambda ctx: ""  # noqa: ARG005
    return parameters


def _join_lines(text: str | None) -> str | None:
    r"""The text with each paragraph on one line.

    >>> _join_lines("One\ntwo.\n\nThree.")
    'One two.\n\nThree.'
    """
    return re.sub(r"(?<!\n)\n(?!\n)[ \t]*", " ", text) if text else text
