"""Tells, in one line, what of the published tables are generated samples."""

from contextlib import closing

import psycopg2

from ingest.warehouse import connect

SAMPLES = """
select string_agg(distinct source, ', ' order by source) from marts.origins
where counts and kind = 'sample'
"""


def samples_line() -> str | None:
    """Return a line that names the sources whose sample is published; None where none is."""
    with closing(connect.connect("transformer")) as warehouse, warehouse.cursor() as cursor:
        try:
            cursor.execute(SAMPLES)
        except psycopg2.errors.UndefinedTable:  # nothing is published yet
            return None
        ((sources,),) = cursor.fetchall()
    return f"generated samples, no data of your own: {sources}" if sources else None
