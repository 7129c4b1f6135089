"""For `mcp dev server/main.py`, `mcp run server/main.py` and `python server/main.py`.

A thin shim: `mcp` executes this file as a module of its own, so everything lives in the `vrom` package beside it.
"""

from vrom.app.server import create_server
from vrom.app.stdio.serve import serve_stdio
from vrom.app.telemetry.logs import log_to_stderr
from vrom.cli.options import library_of
from vrom.settings import read_settings

log_to_stderr()
mcp = create_server(library_of(read_settings()))

if __name__ == "__main__":
    serve_stdio(mcp)
