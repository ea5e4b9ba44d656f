"""Very many calls at a time: each key once, and the server never exhausted."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, Thread
from typing import ClassVar

from ingest.common.paths import ROOT
from ingest.signatures import NewImageSignature, NewXYZSignature, SignatureApplicationService
from ingest.warehouse import connect
from tests.conftest import Warehouse

THREADS, PROCESSES, MOST_CONNECTIONS = 100, 60, 20
CALL = """
import sys
from tests.signatures.test_many_calls import register
sys.stdin.readline()
print(register(int(sys.argv[1])))
"""
CONNECTED = "select count(*) from pg_stat_activity where application_name = 'ingest'"


class SlowAssets:
    """An asset store that takes two seconds, and tells what it was asked for."""

    asked: ClassVar[list[str]] = []

    def register_asset(self, local_uri: str, metadata: dict[str, str] = {}) -> str:  # noqa: B006
        self.asked.append(local_uri)
        time.sleep(2)
        return f"asset of {local_uri} {metadata}"


def register(number: int) -> str:
    """Register under one key for all, or under the number's own."""
    key = "the same" if number % 2 else f"key {number}"
    new = [NewImageSignature(f"s3://{key}"), NewXYZSignature([(1, 2, 3)])]
    service = SignatureApplicationService(asset_service=SlowAssets())
    return f"{service.register_signatures(new, key).signee_id} {len(SlowAssets.asked)}"


def test_threads_and_processes_register_each_key_once_on_few_connections(
    warehouse: Warehouse,
) -> None:
    SlowAssets.asked.clear()
    calls = [
        subprocess.Popen(
            [sys.executable, "-c", CALL, str(THREADS + number)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    seen, over = [0], Event()

    def watch() -> None:
        with closing(connect.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not over.wait(0.01):
                cursor.execute(CONNECTED)
                seen.append(cursor.fetchall()[0][0] - 1)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            for call in calls:
                assert call.stdin
                call.stdin.write("go\n")
                call.stdin.flush()
            signees = [one.split()[0] for one in pool.map(register, range(THREADS))]
        told = [call.communicate(timeout=240)[0].split() for call in calls]
    finally:
        over.set()
        watcher.join()
    assert [call.returncode for call in calls] == [0] * PROCESSES
    keys = 1 + (THREADS + PROCESSES) // 2
    assert len({*signees, *(signee for signee, _ in told)}) == keys
    asked = len(SlowAssets.asked) + sum(int(count) for _, count in told)
    assert asked == keys
    assert warehouse.query("select count(*) from raw_signatures.registrations") == [(keys,)]
    assert warehouse.query("select count(*) from raw_signatures.registered_signatures") == [
        (2 * keys,)
    ]
    assert 1 < max(seen) <= MOST_CONNECTIONS
