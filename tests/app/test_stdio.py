"""What a host waits for before the handshake: nothing that only HTTP, tracing or a search needs is loaded."""

import subprocess
import sys

LATER = {"usearch", "onnxruntime", "fastembed", "huggingface_hub", "onnx", "markdown_it", "prometheus_client"}
LATER |= {"limits", "vrom.app.http", "vrom.app.tokens", "opentelemetry.sdk", "requests"}


def test_serving_over_stdio_loads_nothing_that_can_wait(environment, make_package):
    root = make_package("kettle", {"kettle.md": ["# Kettle"]}).parent
    command = [sys.executable, "-X", "importtime", "-m", "vrom", "serve", "--cartridges", str(root)]
    ended = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}
    assert "vrom.app.stdio" in loaded
    assert loaded & LATER == set()
