"""Published images for PyTorch; torch is the user's to install.

loader = DataLoader(Images(transform, split="train"), batch_size=32, num_workers=4)
"""

from collections.abc import Callable, Iterator
from typing import Any

from torch.utils.data import IterableDataset, get_worker_info

from ingest.images.reader import get_random_images
from ingest.images.structure import ImageStructure


class Images(IterableDataset):  # type: ignore[misc, unused-ignore]
    """Each selected image once an epoch, in random order, each worker its own part of them.

    `transform` makes of each what the loader collects; the options are those of
    `get_random_images`, of which `shard` tells the processes of a distributed training apart.
    """

    def __init__(
        self,
        transform: Callable[[ImageStructure], Any],
        *,
        seed: int = 0,
        shard: tuple[int, int] = (0, 1),
        **options: Any,
    ) -> None:
        self.transform, self.seed, self.shard = transform, seed, shard
        self.options = {"epoch": True, **options}
        self._images(shard)  # wrong arguments are told here, and not in a worker

    def set_epoch(self, epoch: int) -> None:
        """Draw another order from now on."""
        self.seed = epoch

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        index, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        images = self._images((self.shard[0] * workers + index, self.shard[1] * workers))
        return (self.transform(image) for image in images)

    def __len__(self) -> int:
        """Return how many images an epoch of this process has."""
        return len(self._images(self.shard))

    def _images(self, shard: tuple[int, int]) -> Any:
        return get_random_images(seed=self.seed, shard=shard, **self.options)
