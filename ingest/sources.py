"""The raw tables of every source: their one declaration, as Arrow schemas."""

from collections.abc import Mapping

import pyarrow as pa

from ingest.census.tables import TABLES as CENSUS
from ingest.images.tables import TABLES as IMAGES

TABLES: Mapping[str, Mapping[str, pa.Schema]] = {
    "census": CENSUS,
    "images": IMAGES,
}
