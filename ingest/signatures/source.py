"""Lands the files of datasets, each only where it differs from what is landed.

folder -> whether it can be it    -> or an error
       -> which origin it is     -> one that counts, or a refusal
       -> what is new or changed -> files, index_lines
       -> what is gone           -> removed_files
       -> how many there are     -> counts, one row a directory whose number changed
"""

from collections.abc import Sequence

from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.landing.origins import OWN, SAMPLE
from ingest.signatures.dataset import NamedFolder, list_dataset
from ingest.signatures.identity import identify
from ingest.signatures.landed import datasets
from ingest.signatures.reading import Chunks, Reader
from ingest.signatures.tables import RAW_SCHEMA


class SignatureSource:
    """Datasets, each with its name, its folder and the layout that tells how it is read.

    A file is known by its path inside its folder, so a dataset may move. A folder that lost more
    than half of its files is refused unless `allow_shrink` is set: half a copy looks like many
    deleted files. One that is not the dataset it was is refused unless `replace` is set: then it
    takes the place of what counted.
    """

    raw_schema = RAW_SCHEMA

    def __init__(
        self,
        folders: Sequence[NamedFolder],
        *,
        allow_shrink: bool = False,
        replace: bool = False,
    ) -> None:
        self.folders = folders
        self.allow_shrink, self.replace = allow_shrink, replace

    def read(self, run: Run) -> Chunks:
        """Yield what changed in the folders since they were landed last.

        Raises `IngestError` where a folder is missing, empty, of another layout, or not the
        dataset that counts, where an INDEX is missing, and where a file changes while it is read.
        """
        # Asked here too, with the lock: a registration may have come since the sample was chosen
        if run.kind == SAMPLE and any(origin.kind == OWN for origin in run.origins.known):
            raise IngestError("signatures holds own data, so no sample serves")
        known_as = datasets(run)
        readers = []
        for dataset in [list_dataset(named) for named in self.folders]:
            origin, known = identify(
                run,
                dataset,
                known_as,
                allow_shrink=self.allow_shrink,
                replace=self.replace,
            )
            known_as[origin.origin_id] = dataset.source
            readers.append(Reader(run, dataset, origin, known))
        for reader in readers:
            yield from reader.read()
