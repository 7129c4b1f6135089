import pytest

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


def test_it_is_alive_at_once_and_ready_when_its_indexes_are_open(serve, slow_package, make_package, wait_until):
    slow = slow_package("slow")
    make_package("kettle", PAGES)
    server = serve(slow.folder.parent)
    assert server.request("GET", "/healthz").status == 200
    waiting = server.request("GET", "/readyz")
    assert (waiting.status, waiting.json) == (503, {"status": "opening", "cartridges": 2, "broken": 0})
    slow.release()
    wait_until(lambda: server.request("GET", "/readyz").status == 200)
    assert server.request("GET", "/readyz").json["status"] == "ready"


def test_with_nothing_that_can_be_searched_it_is_not_ready(serve, make_package):
    folder = make_package("broken", PAGES)
    (folder / "manifest.json").write_text("{")
    answer = serve(folder.parent).request("GET", "/readyz")
    assert (answer.status, answer.json) == (503, {"status": "nothing mounted", "cartridges": 0, "broken": 1})
