"""The raw tables of every source: their one declaration, as Arrow schemas."""

from collections.abc import Mapping

import pyarrow as pa

from ingest.census.tables import TABLES as CENSUS
from ingest.classification.tables import TABLES as CLASSIFICATION
from ingest.education.tables import TABLES as EDUCATION
from ingest.images.tables import TABLES as IMAGES
from ingest.signatures.tables import TABLES as SIGNATURES

TABLES: Mapping[str, Mapping[str, pa.Schema]] = {
    "census": CENSUS,
    "classification": CLASSIFICATION,
    "education": EDUCATION,
    "images": IMAGES,
    "signatures": SIGNATURES,
}
