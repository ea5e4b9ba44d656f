"""What is landed already, as this run sees it: by listings that count, with bytes that are here.

A listing that does not count any more brought nothing, and what was taken down stays away.
"""

from collections.abc import Sequence

from ingest.landing.ledger import Run
from ingest.landing.origins import Origin

HELD = "select sha256 from raw_images.contents where _dlt_load_id in ({loads})"
TAKEN_DOWN = "select sha256 from raw_images.take_downs where _dlt_load_id in ({loads})"

# URLs that are not fetched: an image of them is landed, or was taken down. No `or` between the two:
# Postgres would look through one of the lists for each row of millions.
NOT_FETCHED = f"""
select url from raw_images.attempts
where error is null and _dlt_load_id in ({{loads}}) and origin_id = any(%s) and sha256 in ({HELD})
union all
select url from raw_images.attempts
where error is null and _dlt_load_id in ({{loads}}) and sha256 in ({TAKEN_DOWN})
union all
select url from raw_images.take_downs where _dlt_load_id in ({{loads}})
"""  # noqa: S608 - constants

HELD_OF = f"select sha256 from ({HELD}) as held where sha256 = any(%s)"  # noqa: S608
TAKEN_DOWN_OF = f"select sha256 from ({TAKEN_DOWN}) as gone where sha256 = any(%s)"  # noqa: S608
BROUGHT_OF = """
select sha256 from raw_images.attempts
where sha256 = any(%s) and error is null and origin_id = any(%s) and _dlt_load_id in ({loads})
"""

# What was taken down counts: a sample that is full is not filled up in its place
IMAGES_OF_ORIGIN = f"""
select count(distinct sha256) from raw_images.attempts
where
    origin_id = %s and error is null and _dlt_load_id in ({{loads}})
    and sha256 in ({HELD} union all {TAKEN_DOWN})
"""  # noqa: S608
URLS_TAKEN = """
select count(*) from raw_images.attempts where origin_id = %s and _dlt_load_id in ({loads})
"""


def counting(run: Run) -> list[int]:
    """Return the numbers of the listings that count in this run."""
    return [origin.origin_id for origin in run.origins.counting("attempts")]


def images_of(run: Run, origin: Origin) -> int:
    """Return how many images are landed of a listing."""
    return int(run.landed(IMAGES_OF_ORIGIN, origin.origin_id)[0][0])


def urls_taken(run: Run, origin: Origin) -> int:
    """Return how many URLs of a listing were taken by the runs before."""
    return int(run.landed(URLS_TAKEN, origin.origin_id)[0][0])


def known(run: Run, digests: Sequence[str]) -> tuple[set[str], set[str], set[str]]:
    """Return which contents were taken down, are held, and are images of listings that count."""
    gone, held, brought = (
        {sha256 for (sha256,) in run.landed(query, *values)}
        for query, *values in (
            (TAKEN_DOWN_OF, list(digests)),
            (HELD_OF, list(digests)),
            (BROUGHT_OF, list(digests), counting(run)),
        )
    )
    return gone, held, held & brought
