"""Requests that are too large, too slow, too many at once or too many in a row: each gets a clear answer."""

import asyncio
import http.client
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vrom.app.http.bearer_tokens import KnownTokens, digest_of
from vrom.app.http.limits import LimitSize, parse_rate
from vrom.errors import InvalidArgumentError

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.mark.slow
def test_a_request_that_is_too_large_is_refused_whether_or_not_it_tells_its_size(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--max-request-bytes", "5000")
    refused = server.call("search_docs", query="x" * 6000)
    assert refused.status == 413
    assert "at most 5000 are read" in refused.message
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.split(":")[2].split("/")[0]), timeout=20)
    connection.request("POST", "/mcp", iter([b"x" * 4000, b"x" * 4000]), {"content-type": "application/json"})
    assert connection.getresponse().status == 413
    connection.close()
    assert server.call("search_docs", query="x" * 4000, mode="lexical").status == 200


@pytest.mark.slow
def test_a_client_that_asks_too_often_is_told_when_to_come_back(serve, make_package):
    server = serve(make_package("kettle", PAGES).parent, "--rate-limit", "5/hour")
    answers = [server.call("list_cartridges") for _ in range(7)]
    assert [answer.status for answer in answers] == [200] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3600
    assert answers[-1].message.startswith("Too many requests: at most 5 per 1 hour for one client. Try again in ")


@pytest.mark.slow
def test_clients_are_told_apart_by_their_tokens(serve, make_package, environment):
    tokens = KnownTokens(Path(environment["VROM_HOME"]) / "tokens")
    one, other = tokens.add("one"), tokens.add("other")
    server = serve(make_package("kettle", PAGES).parent, "--require-token", "--rate-limit", "2/hour")
    assert [server.call("list_cartridges", token=one).status for _ in range(3)] == [200, 200, 429]
    assert server.call("list_cartridges", token=other).status == 200


@pytest.mark.slow
def test_guesses_at_tokens_are_limited_as_well(serve, make_package):
    variables = {"VROM_TOKENS": digest_of("right")}
    options = ["--require-token", "--rate-limit", "3/hour"]
    server = serve(make_package("kettle", PAGES).parent, *options, variables=variables)
    assert [server.call("list_cartridges", token="wrong").status for _ in range(5)] == [401, 401, 401, 429, 429]


@pytest.mark.slow
def test_the_busy_server_says_so_and_stays_alive(serve, slow_package, wait_until):
    slow = slow_package("slow")
    server = serve(slow.folder.parent, "--max-concurrent", "2")

    def ask_until_taken():
        while (answer := server.call("search_docs", query="time", mode="lexical")).status == 503:
            pass
        return answer

    with ThreadPoolExecutor(2) as pool, slow:
        waiting = [pool.submit(ask_until_taken) for _ in range(2)]
        wait_until(lambda: server.call("list_cartridges").status == 503)
        refused = server.call("list_cartridges")
        assert refused.headers["retry-after"] == "1"
        assert "2 calls are open" in refused.message
        assert server.request("GET", "/healthz").status == 200
        slow.release()
        assert [call.result().status for call in waiting] == [200, 200]
    assert server.call("list_cartridges").status == 200


def test_a_request_that_does_not_arrive_is_given_up():
    async def never(*_):
        raise AssertionError("it has not arrived")

    async def receive():
        await asyncio.sleep(60)

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": []}
    asyncio.run(LimitSize(never, 1000, seconds=0.01)(scope, receive, send))
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("rate", ["often", "0", "5/fortnight", "/minute"])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(InvalidArgumentError, match="as 600/minute"):
        parse_rate(rate)
