"""Nothing failed, something may be missing: said as such, kept in the ledger, exit status 2."""

from collections.abc import Iterator

import pytest

from ingest import cli
from ingest.commands import land
from ingest.common.errors import IncompleteError, IngestError
from ingest.landing.ledger import Run
from ingest.landing.rounds import run_round
from ingest.landing.runner import run_source
from ingest.warehouse.raw_schemas import RawSchema
from tests.conftest import Warehouse


class HalfASource:
    raw_schema = RawSchema("census", {})

    def read(self, run: Run) -> Iterator[tuple[str, object]]:
        run.missing.append("b.csv has not come")
        yield from ()


def test_what_is_missing_stands_in_the_ledger(warehouse: Warehouse) -> None:
    run = run_source(HalfASource())
    with pytest.raises(IncompleteError, match=r"b\.csv has not come"):
        land._tell(land.SOURCES["census"], run)
    assert warehouse.query("select outcome, message from raw_ledger.runs") == [
        ("nothing new", "b.csv has not come")
    ]


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([IncompleteError("a")], IncompleteError),
        ([IncompleteError("a"), IngestError("b")], IngestError),
    ],
)
def test_an_error_is_worse_than_something_missing(
    errors: list[Exception], kind: type[IngestError]
) -> None:
    with pytest.raises(IngestError) as raised:
        run_round([lambda error=error: _raise(error) for error in errors])
    assert type(raised.value) is kind


@pytest.mark.parametrize(("error", "status"), [(IncompleteError("a"), 2), (ValueError("b"), 1)])
def test_the_exit_status_tells_them_apart(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "app", lambda: _raise(error))
    monkeypatch.setattr(cli.log, "set_up", lambda: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == status
