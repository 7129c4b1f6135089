"""Makes reading a package take as long as a test likes, in whichever process Python imports this at its start.

Opening `NAME/index.json` waits while `.hold-NAME` lies beside the folder, and says with `.held-NAME` that it does.
"""

import os
import sys
import time
from typing import Any


def wait_while_held(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which is called before a file is opened."""
    if event != "open" or not isinstance(arguments[0], str | os.PathLike):
        return
    folder, file = os.path.split(os.fspath(arguments[0]))
    if file == "index.json":
        root, name = os.path.split(folder)
        while os.path.exists(os.path.join(root, f".hold-{name}")):  # noqa: PTH110, PTH118
            os.makedirs(os.path.join(root, f".held-{name}"), exist_ok=True)  # noqa: PTH103, PTH118
            time.sleep(0.01)


sys.addaudithook(wait_while_held)
