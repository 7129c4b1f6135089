"""Compare the answers of two checkouts of vrom: the same chunks in the same order, in each mode?

    uv run python -m benchmarks.same_answers QUESTIONS.jsonl --cartridges DIR --before CHECKOUT

For changes that must not change a ranking. Both servers are asked over stdio through `search_docs`, whose interface is
stable; `CHECKOUT` is another work tree (`git worktree add`), run with this environment's libraries.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from vrom.evaluation.questions import AskedQuestion, read_questions

HERE = Path(__file__).parent.parent
MODES = ("hybrid", "semantic", "lexical")
DEPTH = 20
ALL_TOKENS = 20_000


def main() -> None:
    """Ask both, print the number of questions answered alike by mode, exit with 1 unless that is all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--cartridges", type=Path, required=True)
    parser.add_argument("--before", type=Path, required=True)
    options = parser.parse_args()
    questions = read_questions(options.questions)
    before, now = (asyncio.run(answers(checkout, options.cartridges, questions)) for checkout in (options.before, HERE))
    different = 0
    for mode in MODES:
        unlike = [q.id for q in questions if before[mode, q.id] != now[mode, q.id]]
        different += len(unlike)
        sys.stdout.write(f"{mode}: {len(questions) - len(unlike)} of {len(questions)} alike {' '.join(unlike)}\n")
    sys.exit(1 if different else 0)


async def answers(
    checkout: Path, cartridges: Path, questions: Sequence[AskedQuestion]
) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """The passages of each answer, as cartridge, chunk id, score and text, by mode and question id."""
    arguments = ["-m", "vrom", "serve", "--cartridges", str(cartridges)]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "server")}
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    async with Client(stdio_client(server)) as client:
        for mode in MODES:
            for question in questions:
                asked = {
                    "query": question.query,
                    "mode": mode,
                    "top_k": DEPTH,
                    "max_tokens": ALL_TOKENS,
                    "response_format": "json",
                }
                answer = await client.call_tool("search_docs", asked)
                found[mode, question.id] = [
                    (item["cartridge"], item["chunk_id"], item["score"], item["text"])
                    for item in json.loads(answer.content[0].text)["results"]
                ]
    return found


if __name__ == "__main__":
    main()
