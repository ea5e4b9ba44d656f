"""Which outcomes are news: those that differ from the last one landed of a listing's URL.

What fails for ever would else add a row with each run. An outcome is an error's code, a status and
a content; the words of a host or a decoder, which may tell a time or a port, are not.
"""

from collections.abc import Sequence

from ingest.common.addresses import known_as
from ingest.images.answers import Fetched
from ingest.images.download import Attempt
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin

LAST_ATTEMPTS = """
select url, error, status, sha256 from (
    select
        url, error, status, sha256,
        row_number() over (partition by url order by run_id desc, draw desc) as age
    from raw_images.attempts
    where url = any(%s) and origin_id = %s and _dlt_load_id in ({loads})
) as attempts where age = 1
"""
LAST_PAGES = """
select url, error, status, links from (
    select
        url, error, status, links,
        row_number() over (partition by url order by run_id desc) as age
    from raw_images.pages where origin_id = %s and _dlt_load_id in ({loads})
) as pages where age = 1
"""


def attempts(run: Run, origin: Origin, made: Sequence[Attempt]) -> list[Attempt]:
    """Return the attempts that ended otherwise than the last ones landed of their URLs."""
    last = set(run.landed(LAST_ATTEMPTS, [a.candidate.known for a in made], origin.origin_id))
    return [
        a
        for a in made
        if (a.candidate.known, a.fetched.error, a.fetched.status, a.sha256) not in last
    ]


def pages(
    run: Run, origin: Origin, read: Sequence[tuple[Fetched, int]]
) -> list[tuple[Fetched, int]]:
    """Return the directory pages that ended otherwise than the last ones landed of their URLs."""
    last = set(run.landed(LAST_PAGES, origin.origin_id)) if read else set()
    return [
        (page, links)
        for page, links in read
        if (known_as(page.url), page.error, page.status, links) not in last
    ]
