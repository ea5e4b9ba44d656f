"""Places among stretches of ids, against the plain list."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.images.ids import Ids


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=20))
def test_each_place_is_the_id_that_a_list_has_there(
    gaps_and_lengths: list[tuple[int, int]],
) -> None:
    stretches, first = [], 0
    for gap, length in gaps_and_lengths:
        first += gap
        stretches.append((first, length))
        first += length
    plain = [n for first, length in stretches for n in range(first, first + length)]
    ids = Ids(stretches)
    assert list(ids) == plain
    assert [ids[place] for place in range(len(ids))] == plain
