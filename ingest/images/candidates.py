"""Every URL of a listing, and the random order in which they are taken.

The URLs are kept in a temporary table of the run's own connection: millions of them cost the
run no memory, and Postgres knows at once which are landed already.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.common.addresses import known_as
from ingest.images.landed import NOT_FETCHED, counting
from ingest.landing.ledger import Run

ROWS_BEFORE_COPY = 20_000
ROWS_AT_A_TIME = 1_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

# The hash of seed and URL is as good as a lot drawn for each URL: the first n of this order are a
# uniformly random choice of n over the whole listing, whatever order the pages came in.
DRAW = f"""
declare drawn cursor with hold for
with not_fetched as ({NOT_FETCHED})
select row_number() over (order by md5(%s || ' ' || known), known), url, title, known
from (
    select coalesce(known, url) as known, min(url) as url, min(title) as title
    from listed group by 1
) as distinct_urls
where
    not exists (select from not_fetched where not_fetched.url = distinct_urls.known)
    -- As it was landed before secrets were left out
    and not exists (select from not_fetched where not_fetched.url = distinct_urls.url)
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Candidate:
    """A URL, its place in the random order (from 1), and the title that the listing gives it.

    `known` stands for the URL wherever it is kept or shown: without secrets.
    """

    draw: int
    url: str
    title: str | None
    known: str


class Candidates:
    """Collects URLs with `add`; after `draw`, iterates over those to fetch, in random order."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._rows: list[str] = []
        self.exhausted = False
        run.execute("drop table if exists listed")
        run.execute("create temporary table listed (url text, title text, known text)")

    def add(self, url: str, title: str | None) -> None:
        """Take in one URL; the same URL twice counts once."""
        shown = "\\N" if title is None else title.translate(ESCAPES)
        known = known_as(url)
        kept = "\\N" if known == url else known.translate(ESCAPES)
        self._rows.append(f"{url.translate(ESCAPES)}\t{shown}\t{kept}\n")
        if len(self._rows) >= ROWS_BEFORE_COPY:
            self._copy()

    def draw(self, seed: int) -> int:
        """Put the URLs in the random order that `seed` means; return how many were listed."""
        self._copy()
        self._run.execute("analyze listed")
        ((listed,),) = self._run.execute("select count(distinct coalesce(known, url)) from listed")
        self._run.landed(DRAW, counting(self._run), str(seed))
        return int(listed)

    def __iter__(self) -> Iterator[Candidate]:
        while rows := self._run.execute(f"fetch {ROWS_AT_A_TIME} from drawn"):
            yield from (Candidate(*row) for row in rows)
        self.exhausted = True

    def _copy(self) -> None:
        with self._run.warehouse, self._run.warehouse.cursor() as cursor:
            cursor.copy_expert("copy listed from stdin", io.StringIO("".join(self._rows)))
        self._rows.clear()
