import asyncio
import threading

import pytest

from vrom.app.jobs.workers import Workers


def test_a_result_and_a_failure_come_back():
    async def calls():
        workers = Workers(1)
        assert await workers.run(pow, 2, 5) == 32
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 // 0)
        assert await workers.run(pow, 2, 6) == 64, "a failure leaves the worker at work"

    asyncio.run(calls())


@pytest.mark.timeout(60)
def test_a_slow_call_blocks_no_other():
    async def calls():
        workers, release = Workers(2), threading.Event()
        slow = asyncio.create_task(workers.run(release.wait))
        assert await workers.run(pow, 2, 5) == 32
        assert not slow.done()
        release.set()
        assert await slow

    asyncio.run(calls())


def test_a_call_cancelled_before_it_begins_never_begins():
    async def calls():
        workers, release, begun = Workers(1), threading.Event(), []
        slow = asyncio.create_task(workers.run(release.wait))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(workers.run(begun.append, 1))
        await asyncio.sleep(0)
        waiting.cancel()
        release.set()
        await slow
        await workers.run(int)
        assert begun == []

    asyncio.run(calls())


@pytest.mark.timeout(60)
def test_workers_never_hold_the_process():
    workers, done = Workers(1), threading.Event()
    workers.submit(done.set)
    assert done.wait(5)
    names = [thread for thread in threading.enumerate() if thread.name.startswith("vrom-worker")]
    assert names
    assert all(thread.daemon for thread in names)


def test_a_background_job_that_fails_leaves_the_worker_at_work(caplog):
    workers, done = Workers(1), threading.Event()
    workers.submit(lambda: 1 // 0)
    workers.submit(done.set)
    assert done.wait(5)
    assert "A background job failed" in caplog.text
