"""What of images, requests and replies is landed already, asked of origins of this run's kind.

A stand-in's requests and replies are invisible to a run on own images, and own ones to its.
"""

from dataclasses import dataclass

from ingest.landing.ledger import Run
from ingest.landing.origins import Origin

IMAGES, REPLIES = "images", "replies"

READINGS = """
select
    readings.path, size_bytes, modified_ns, sha256, photo_id, problem, detail,
    removed.run_id is not null
from (
    select *, row_number() over (partition by path order by run_id desc) as age
    from raw_classification.images where _dlt_load_id in ({loads}) and origin_id = %s
) as readings left join (
    select path, max(run_id) as run_id
    from raw_classification.removed_images where _dlt_load_id in ({loads}) and origin_id = %s
    group by path
) as removed on readings.path = removed.path and removed.run_id > readings.run_id
where age = 1
"""
# Of every origin: should two contents share a number, the first keeps it, come and go what may.
OWNERS = """
select photo_id, min(sha256) from raw_classification.images
where photo_id is not null and _dlt_load_id in ({loads}) group by photo_id
"""
FIRST_RUN = "select (extract(epoch from min(started_at)) * 1000000)::bigint from raw_ledger.runs"
# Whatever counts: a reply to it was meant for this warehouse.
EVER_ASKED = """
select distinct photo_id from raw_classification.requests where _dlt_load_id in ({loads})
"""
BROKE_OFF = "select run_id from raw_ledger.runs where outcome in ('interrupted', 'failed')"
# How often since it was given up last, or could not be sent. What a run recorded that broke off was
# never sent, perhaps, or not waited for.
ASKED = f"""
with ended as (
    select photo_id, max((run_id, page)) as last from raw_classification.outcomes
    where outcome <> 'unconfirmed' and _dlt_load_id in ({{loads}}) and origin_id = any(%s)
    group by photo_id
)
select requests.photo_id, count(*) filter (
    where (last is null or (run_id, page) > last) and run_id not in ({BROKE_OFF})
)
from raw_classification.requests left join ended on requests.photo_id = ended.photo_id
where _dlt_load_id in ({{loads}}) and origin_id = any(%s)
group by requests.photo_id
"""  # noqa: S608 - constants
GIVEN_UP = """
select photo_id, detail from (
    select *, row_number() over (partition by photo_id order by run_id desc, page desc) as age
    from raw_classification.outcomes
    where outcome in ('refused', 'no answer') and _dlt_load_id in ({loads}) and origin_id = any(%s)
) as outcomes where age = 1
"""
# What was recorded by a run that broke off, was not confirmed, or was answered without a label.
UNSURE = f"""
select photo_id from raw_classification.requests
where
    _dlt_load_id in ({{loads}}) and origin_id = any(%s)
    and run_id in ({BROKE_OFF})
union
select photo_id from raw_classification.outcomes
where outcome = 'unconfirmed' and _dlt_load_id in ({{loads}}) and origin_id = any(%s)
union
select photo_id from raw_classification.replies
where
    photo_id is not null and problem is not null
    and _dlt_load_id in ({{loads}}) and origin_id = any(%s)
"""  # noqa: S608 - constants
LABELLED = """
select photo_id from raw_classification.replies
where problem is null and _dlt_load_id in ({loads}) and origin_id = any(%s)
"""


@dataclass(frozen=True)
class Reading:
    """A file as it was read last; `is_gone` where it was found not to hold that any more."""

    size_bytes: int
    modified_ns: int
    sha256: str | None
    photo_id: int | None
    problem: str | None
    detail: str | None
    is_gone: bool

    def is_as_it_was(self, size_bytes: int, modified_ns: int) -> bool:
        """Whether a file of this size and time is taken to hold what was read."""
        as_it_was = (self.size_bytes, self.modified_ns) == (size_bytes, modified_ns)
        return as_it_was and not self.is_gone


def readings(run: Run, origin: Origin) -> dict[str, Reading]:
    """Return what is known of the files of a folder, by their paths in it."""
    number = origin.origin_id
    return {path: Reading(*rest) for path, *rest in run.landed(READINGS, number, number)}


def owners(run: Run) -> dict[int, str]:
    """Return the content that each photo_id belongs to."""
    return dict(run.landed(OWNERS))


def asked(run: Run) -> dict[int, int]:
    """Return how often each image was asked for since it was given up last, 0 included."""
    numbers = _counting_queues(run)
    return dict(run.landed(ASKED, numbers, numbers))


def warehouse(run: Run) -> str:
    """Return what tells this warehouse from others that use a broker: when its first run began."""
    ((began,),) = run.landed(FIRST_RUN)
    return str(began)


def ever_asked(run: Run) -> set[int]:
    """Return the images that this warehouse ever asked for, whether that counts or not."""
    return {photo_id for (photo_id,) in run.landed(EVER_ASKED)}


def given_up(run: Run) -> dict[int, str]:
    """Return the images that were refused or asked for often enough, each with the reason."""
    return dict(run.landed(GIVEN_UP, _counting_queues(run)))


def unsure(run: Run) -> set[int]:
    """Return the images of which nobody knows whether a request is still with the broker."""
    numbers = _counting_queues(run)
    return {photo_id for (photo_id,) in run.landed(UNSURE, numbers, numbers, numbers)}


def labelled(run: Run) -> set[int]:
    """Return the images that have a reply; whether they were asked for is another question."""
    return {photo_id for (photo_id,) in run.landed(LABELLED, _counting_queues(run))}


def _counting_queues(run: Run) -> list[int]:
    return [origin.origin_id for origin in run.origins.counting(REPLIES)]
