"""The instructions of this machine's processor."""

import itertools
import platform
import sys
from pathlib import Path

_X86 = {"x86_64", "amd64", "i386", "i686", "x86"}
_VNNI = {"avx512_vnni", "avx_vnni"}


def describe_processor() -> str:
    """Text that differs between processors of different instructions; empty where the system doesn't provide it.

    macOS has no file of them, and a home may move to another machine there.
    """
    if sys.platform == "win32":
        return platform.processor()
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            first = list(itertools.takewhile(str.strip, lines))
    except (OSError, UnicodeDecodeError):
        return ""
    kept = ("model name", "flags", "Features", "CPU implementer", "CPU part")
    return platform.machine() + "".join(line for line in first if line.startswith(kept))


def may_saturate(machine: str, description: str) -> bool:
    """True where onnxruntime's products of unsigned and signed bytes (u8s8) may overflow: on x86 without VNNI, or
    where the description doesn't say.

    There two products are added in 16 bits before they are widened, and the sum saturates: q8 embeddings lose so much
    that sure matches look doubtful (onnxruntime #12088).
    """
    return machine.lower() in _X86 and _VNNI.isdisjoint(description.split())
