"""Large work and the garbage collector: neither waits for the other."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from fou.imports.uncollected import uncollected


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.enable()
    yield
    gc.unfreeze()
    assert gc.isenabled()


@uncollected
def made_while_somebody_collects() -> tuple[list[list[int]], bool]:
    made = [[number] for number in range(100)]
    gc.collect()
    looked_through = {id(found) for found in gc.get_objects()}
    return made, any(id(each) in looked_through for each in made)


def test_a_collection_during_the_work_does_not_look_through_what_it_has_made() -> None:
    _, looked_through = made_while_somebody_collects()
    assert not looked_through


def test_nor_does_one_that_comes_after_it() -> None:
    made, _ = made_while_somebody_collects()
    gc.collect()
    looked_through = {id(found) for found in gc.get_objects()}
    assert not any(id(each) in looked_through for each in made)


def test_the_collector_rests_until_the_last_of_several_is_done_even_if_one_fails() -> None:
    @uncollected
    def failing() -> None:
        raise ValueError

    @uncollected
    def outer() -> bool:
        with pytest.raises(ValueError, match=r"^$"):
            failing()
        return gc.isenabled()

    assert (outer(), gc.isenabled(), [each for each in gc.callbacks if each.__module__ == uncollected.__module__]) == (
        False, True, [],
    )  # fmt: skip
