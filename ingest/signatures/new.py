"""What the service is given: new signatures of one signee, as images or as pen points."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import SupportsFloat, Union

Points = Iterable[Iterable[SupportsFloat]]


@dataclass(frozen=True)
class NewImageSignature:
    """A signature on paper: `local_uri` is a path or a `file://` URI of its image.

    `metadata` is kept as it is given, text to text; an image of no bytes is valid.
    """

    local_uri: "str | os.PathLike[str]"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NewXYZSignature:
    """A signature on a tablet: its pen points in order, each of three finite numbers.

    `points` may be anything that gives points when it is gone through: a list, a numpy array of
    three columns, `zip(xs, ys, zs)`. Each number is kept as the double that is nearest to it.
    """

    points: Points
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # An iterator can be gone through once; a call that is repeated gets the same points
        points = list(self.points) if isinstance(self.points, Iterator) else self.points
        if isinstance(points, list) and any(isinstance(point, Iterator) for point in points):
            points = [tuple(one) if isinstance(one, Iterator) else one for one in points]
        object.__setattr__(self, "points", points)


AnyNewSignature = Union[NewImageSignature, NewXYZSignature]  # noqa: UP007 - told by name
