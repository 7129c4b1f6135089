import pytest

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


def metrics_of(server) -> dict[str, float]:
    answer = server.request("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_calls_are_counted_by_tool_and_outcome_and_timed(serve, make_package):
    (make_package("broken", PAGES) / "manifest.json").write_text("{")
    server = serve(make_package("kettle", PAGES).parent)
    for query in ("kettle", "switch", ""):
        server.call("search_docs", query=query, mode="lexical")
    server.call("made up by the client")
    server.request("POST", "/mcp", b"not JSON")
    counted = metrics_of(server)
    assert counted['vrom_tool_calls_total{outcome="ok",tool="search_docs"}'] == 2
    assert counted['vrom_tool_calls_total{outcome="error",tool="search_docs"}'] == 1
    assert counted['vrom_tool_seconds_count{tool="search_docs"}'] == 3
    assert counted['vrom_cartridges{state="ready"}'] == counted['vrom_cartridges{state="broken"}'] == 1
    assert counted['vrom_http_responses_total{status="400"}'] == 1
    assert not [name for name in counted if "made up" in name], "clients must not add series"


def test_worker_processes_answer_with_what_all_have_counted(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--workers", "2")
    for _ in range(12):
        assert server.call("search_docs", query="kettle", mode="lexical").status == 200
    assert metrics_of(server)['vrom_tool_calls_total{outcome="ok",tool="search_docs"}'] == 12
    assert metrics_of(server)['vrom_cartridges{state="ready"}'] == 1
