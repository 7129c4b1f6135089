"""Coverage-guided fuzzing of the reader: a mutant that reaches code no other has reached is mutated further.

    uv run --with atheris python benchmarks/fuzz_guided.py [--runs 100000] [--corpus DIR] [--seed 1]

atheris (libFuzzer for Python) is needed for this script only and is no dependency of the project. A mutant is the files
of one package. Most mutations know JSON, that in strings too; the others are libFuzzer's own, on bytes. Each mutant is
checked, read and searched by words and by vectors: all but a documented error is a crash, ends the run and leaves
the mutant in `crash-*` in the current folder. At the end, libFuzzer says how many edges (`cov`) were reached; what it
doesn't say, the slowest mutant and the peak of memory, is printed beside it.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["vrom"]):
    import fuzz_reader

NAMES = ("manifest.json", "index.json", "chunks.json")
SEPARATOR = b"\n\x1e\n"
"""Between the files of a mutant: a record separator can't be in JSON."""
LARGEST = 200_000


class Target:
    """What libFuzzer calls, and what it doesn't note."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        self.done = 0
        self.slowest = 0.0
        self.ends: dict[str, int] = {}

    def __call__(self, data: bytes) -> None:
        """Use one mutant."""
        for name, raw in zip(NAMES, [*data.split(SEPARATOR, 2), b"", b""], strict=False):
            (self.folder / name).write_bytes(raw)
        begun = time.perf_counter()
        end = fuzz_reader.use(self.folder)
        self.slowest = max(self.slowest, time.perf_counter() - begun)
        self.ends[end] = self.ends.get(end, 0) + 1
        self.done += 1
        if self.done == self.runs:
            self.report()

    def report(self) -> None:
        """Print what the run has shown."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{self.done:,} executions, slowest {self.slowest * 1000:.0f} ms, peak memory {peak:.0f} MB")
        for end, count in sorted(self.ends.items(), key=lambda item: -item[1]):
            print(f"{count:9,}  {end}")
        sys.stdout.flush()


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Another package: one file of it changed, in its JSON if it still has any."""
    random.seed(seed)
    files = data.split(SEPARATOR, 2)
    at = random.randrange(len(files))
    changed = files[at]
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        changed = _changed(changed, max_size)
    files[at] = changed
    mutant = SEPARATOR.join(files)
    return mutant if len(mutant) <= max_size else data


def _changed(raw: bytes, max_size: int) -> bytes:
    if random.random() < 0.7:
        try:
            return fuzz_reader.revalued(raw)
        except (ValueError, RecursionError):
            pass  # no JSON any more
    if random.random() < 0.1 and len(raw) > 2:
        return random.choice(fuzz_reader.BYTE_MUTATIONS)(raw)
    return bytes(atheris.Mutate(raw, min(max_size, len(raw) + 64)))


def cross(one: bytes, other: bytes, _max_size: int, seed: int) -> bytes:
    """Files of two packages put together."""
    random.seed(seed)
    files = zip(one.split(SEPARATOR, 2), other.split(SEPARATOR, 2), strict=False)
    return SEPARATOR.join(random.choice(pair) for pair in files)


def main() -> None:
    """Fuzz until the runs are done."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = options.corpus or Path(scratch) / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for number, files in enumerate(fuzz_reader.seeds(Path(scratch))):
            (corpus / f"seed-{number}").write_bytes(SEPARATOR.join(files[name] for name in NAMES))
        folder = Path(scratch) / "mutant"
        folder.mkdir()
        arguments: list[Any] = [
            sys.argv[0], str(corpus), f"-runs={options.runs}", f"-seed={options.seed}", f"-max_len={LARGEST}",
            "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1", "-len_control=0",
        ]  # fmt: skip
        atheris.Setup(arguments, Target(folder, options.runs), custom_mutator=mutate, custom_crossover=cross)
        atheris.Fuzz()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path, help="where mutants that reach new code are kept; by default nowhere")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
