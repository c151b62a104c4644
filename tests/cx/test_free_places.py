"""Nodes are added where no other stands."""

from __future__ import annotations

from itertools import combinations, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cx.free_places import Place, free_places, grid_places

COORDINATES = st.floats(-5000, 5000)


def apart(one: Place, other: Place) -> bool:
    return abs(one[0] - other[0]) > 99.9 or abs(one[1] - other[1]) > 99.9


@given(st.lists(st.tuples(COORDINATES, COORDINATES), max_size=12), st.integers(1, 30))
def test_new_nodes_cover_neither_each_other_nor_what_is_there(
    taken: list[Place], number: int
) -> None:
    new = list(islice(free_places(taken), number))
    assert len(new) == number
    assert all(apart(one, other) for one, other in combinations(new, 2))
    assert all(apart(place, other) for place in new for other in taken)


@pytest.mark.parametrize(
    ("taken", "places"),
    [
        ([], [(0, 0), (0, 100)]),
        ([(0, 0), (100, 0), (200, 0), (0, 100)], [(100, 100), (200, 100), (0, 200)]),
        ([(5, 7)], [(105, 7), (5, 107), (105, 107)]),
        ([(0, 0), (1e300, 1e300)], [(0, 1e300)]),
    ],
    ids=["nothing", "a row begun", "one", "far away"],
)
def test_the_last_row_is_filled_before_the_next_is_begun(
    taken: list[Place], places: list[Place]
) -> None:
    assert list(islice(free_places(taken), len(places))) == places


@pytest.mark.parametrize(
    ("number", "places"),
    [
        (0, []),
        (1, [(0, 0)]),
        (2, [(0, 0), (100, 0)]),
        (5, [(0, 0), (100, 0), (200, 0), (0, 100), (100, 100)]),
    ],
)
def test_a_new_network_is_laid_out_in_rows_of_a_square(number: int, places: list[Place]) -> None:
    assert grid_places(number) == places
