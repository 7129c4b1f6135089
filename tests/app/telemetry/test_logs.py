import pytest

pytestmark = pytest.mark.slow


def test_records_go_to_stderr_and_to_the_file(serve, make_package, tmp_path):
    log = tmp_path / "vrom.log"
    log.write_text("earlier\n")
    root = make_package("kettle", {"kettle.md": ["# Kettle"]}).parent
    server = serve(root, "--log-file", str(log), "--log-level", "info")
    server.request("GET", "/metrics", host="evil.example")
    server.stop()
    kept = log.read_text()
    assert kept.startswith("earlier\n"), "it is added to"
    assert "INFO mcp.server.streamable_http_manager" in kept
    assert "WARNING vrom.app.http.host_check: Refused a request with Host 'evil.example'." in "".join(server.log)


def test_at_the_usual_level_a_good_day_is_silent(serve, make_package):
    server = serve(make_package("kettle", {"kettle.md": ["# Kettle"]}).parent)
    server.call("search_docs", query="kettle", mode="lexical")
    server.stop()
    assert len(server.log) == 1, server.log
