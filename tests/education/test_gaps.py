"""What is landed of a log stays landed, and what may be lost is told, whatever comes between."""

from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.education.log_files import LogFile
from tests.education.platform import Systems
from tests.education.test_log import lines, move


def test_a_part_of_a_file_that_was_landed_from_a_later_byte_on(systems: Systems) -> None:
    systems.append(*lines(1))
    copy = systems.log.with_name("test_runs.log.1")
    copy.write_bytes(systems.log.read_bytes())
    systems.ingest()  # the copy is the older one: of the log only what follows is landed
    systems.append(*lines(4))
    systems.ingest()
    assert systems.warehouse.query(
        "select file_id, from_offset > 0 from raw_education.log_reads order by file_id"
    ) == [(1, False), (2, True)]
    part = systems.log.read_bytes().splitlines(keepends=True)[:5]
    systems.log.unlink()
    copy.unlink()
    systems.append(*lines(7))
    systems.log.with_name("test_runs.log.2").write_bytes(b"".join(part))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 9)
    assert systems.ingest().rows_landed == 0


def test_what_was_read_before_a_disk_failed_is_landed_once(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems.append(*lines(1, 100))
    sound = LogFile.read
    with monkeypatch.context() as patch:
        patch.setattr("ingest.education.log_reading.BLOCK_BYTES", 1000)

        def _read(file: LogFile, offset: int, length: int) -> bytes:
            if length == 1000 and offset > 2000:
                raise OSError(5, "Input/output error")
            return sound(file, offset, length)

        patch.setattr(LogFile, "read", _read)
        with pytest.raises(IngestError, match="Input/output error"):
            systems.ingest()
    systems.ingest()
    assert systems.landed_lines() == lines(1, 100)


def test_the_command_ends_with_2_where_lines_may_be_lost(systems: Systems) -> None:
    named = ("--students", systems.database, "--batches-url", systems.url)
    command = ("ingest", "education", *named, "--test-runs", systems.log)
    systems.append(*lines(1))
    size = systems.log.stat().st_size
    assert systems.warehouse.status(*command)[1] == 0
    systems.log.unlink()
    systems.append(*lines(4))
    for _ in range(2):
        printed, status = systems.warehouse.status(*command)
        assert status == 2
        assert f"incomplete: {systems.log} from byte {size} on may be lost" in printed
        assert "Traceback" not in printed
    assert systems.landed_lines() == lines(1, 6)
    assert systems.warehouse.status(*command, "--accept-gaps")[1] == 0
    assert systems.warehouse.status(*command)[1] == 0


def test_an_older_warehouse_goes_on_where_it_was(systems: Systems, tmp_path: Path) -> None:
    """One from before it was kept whether a file has settled, and what may be lost."""
    query = systems.warehouse.query
    systems.append(*lines(1))
    systems.ingest()
    move(systems, "test_runs.log.2")
    systems.append(*lines(4))
    systems.ingest()
    query("alter table raw_education.log_reads drop column settled")
    query("drop table raw_education.log_gaps")
    query("truncate raw_education._dlt_version")
    query("delete from raw_ledger.setup where part = 'education'")

    assert systems.ingest().rows_landed == 0
    systems.append(*lines(7))
    move(systems)
    systems.append(*lines(10))
    found = systems.ingest()
    assert found.missing == []
    assert systems.landed_lines() == lines(1, 12)
    assert query("select count(*) from raw_education.log_gaps") == [(0,)]
    systems.log.rename(tmp_path / "elsewhere")
    systems.append(*lines(13))
    assert len(systems.ingest().missing) == 1
    assert query("select state from raw_education.log_gaps") == [("open",)]
