"""Rendering of an answer in a form, by its name."""

from vrom.answers import markdown
from vrom.answers.models import Answer, Form


def render(answer: Answer, form: Form) -> str:
    """The text of an answer in `form`, as it counts against a budget."""
    return answer.model_dump_json() if form == "json" else markdown.render(answer)
