"""Images: a random choice of the thumbnails that a host lists, fetched, and read back at random.

directory pages or a list file -> every URL, in a temporary table -> the draw, by seeded hash
    -> concurrent download -> raw_images.attempts    one row a URL taken, whatever came of it
                           -> raw_images.contents    one row a content, its bytes included
                           -> raw_images.pages       one row a directory page
                           -> raw_images.draws       one row a run: what it asked and counted

ingest images --url http://host/dir/ --count 1000 [--seed 7]

from ingest.images import get_random_images
for image in get_random_images(): ...
"""

from ingest.images.reader import RandomImages, get_random_images
from ingest.images.structure import ImageStructure

__all__ = ["ImageStructure", "RandomImages", "get_random_images"]
