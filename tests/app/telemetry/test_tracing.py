"""Spans come out where a collector is configured: a real one that listens here and keeps what it gets."""

import http.server
import subprocess
import sys
import threading

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@pytest.fixture
def collector():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", received
        server.shutdown()


@pytest.mark.slow
def test_every_request_is_a_span(serve, make_package, collector, wait_until):
    address, received = collector
    root = make_package("kettle", {"kettle.md": ["# Kettle\n\nFill it."]}).parent
    # as soon as they end, not every five seconds
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_SERVICE_NAME": "docs"}
    server = serve(root, variables=variables)
    server.call("search_docs", query="kettle", mode="lexical")
    wait_until(lambda: received)
    path, request = received[0]
    assert path == "/v1/traces"
    (resource,) = request.resource_spans
    attributes = {entry.key: entry.value.string_value for entry in resource.resource.attributes}
    assert attributes["service.name"] == "docs", "what the user says counts"
    spans = [span for scope in resource.scope_spans for span in scope.spans]
    assert "tools/call search_docs" in [span.name for span in spans]


def test_without_a_collector_nothing_of_it_is_loaded(environment):
    code = "import sys; from vrom.cli.server import serve; serve._prepare(serve.read_settings(), 'warning', None); "
    code += "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_without_the_extra_it_says_so_and_goes_on(environment):
    code = "import sys; sys.modules['opentelemetry.sdk'] = None; "
    code += "from vrom.app.telemetry import logs, tracing; logs.log_to_stderr(); tracing.start_tracing(); print('on')"
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "on\n"
    assert "no spans are sent. Install: uv sync" in ran.stderr
