"""Search: what people type finds the project that they mean, and nothing is said to be there that is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import search
from fou.access import Action, Person, Role
from fou.model import Project
from fou.store import Database

PROJECTS = {
    "EX21-002": "Läkemedelsberoende hos äldre i Söderslätt",
    "EX21-003": "Hemtjänstutvärdering på landsbygden",
    "EX22-001": "Utvärdering av hemtjänst i Norrängen",
    "EX22-002": "Effekter för barnen som kommer till Barnahus",
    "EX23-001": "Evidensbaserad praktik inom den sociala barn- och ungdomsvården",
    "EX23-002": "Samverkan skola–socialtjänst",
    "EX24-001": "Mål och mening i daglig verksamhet",
    "EX24-002": "Mallar för uppföljning",
}
LEADS = {"EX22-002": "Jerzy Sarnecki", "EX24-001": "Anna Kaldal"}


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], search.Hits]:
    """Search among PROJECTS; the ids are their places from 1."""
    database = Database.open(tmp_path_factory.mktemp("search") / "fou.duckdb")
    with database.write(Person("Anna", Role.ADMIN), Action.EDIT, "Projekt") as work:
        for code, title in PROJECTS.items():
            work.create(Project, code=code, title=title, lead=LEADS.get(code))
    with database.read() as reader:
        known = search.index(reader)
    database.close()
    return lambda text: search.find(known, text)


def codes(hits: search.Hits) -> list[str]:
    return [list(PROJECTS)[project - 1] for project in hits.projects]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("äldre", "EX21-002"),
        ("aldre", "EX21-002"),  # without the dots
        ("ÄLDRE SÖDERSLÄTT", "EX21-002"),
        ("beroende", "EX21-002"),  # the end of a compound
        ("hemtjänst utvärdering", "EX21-003"),  # a compound written apart
        ("utvärderingar hemtjänsten", "EX22-001"),  # bent otherwise
        ("barnahuset", "EX22-002"),
        ("evidens baserad", "EX23-001"),
        ("evidensbaserat", "EX23-001"),
        ("skola socialtjänst", "EX23-002"),
        ("skola-socialtjänst", "EX23-002"),
        ("utvardring hemtjanst", "EX22-001"),  # misspelt, and without the dots
        ("Sernecki", "EX22-002"),
        ("barnhus", "EX22-002"),
        ("ex21-003", "EX21-003"),
        ("Kaldal mål", "EX24-001"),
        ("ekonomi", None),
    ],
)
def test_what_is_typed_finds_the_project_meant(
    find: Callable[[str], search.Hits], typed: str, first: str | None
) -> None:
    assert next(iter(codes(find(typed))), None) == first


def test_every_word_must_be_found(find: Callable[[str], search.Hits]) -> None:
    assert codes(find("hemtjänst Norrängen")) == ["EX22-001"]


def test_a_compound_finds_its_parts_and_the_parts_the_compound(find: Callable[[str], search.Hits]) -> None:
    assert set(codes(find("hemtjänst utvärdering"))) == {"EX21-003", "EX22-001"}


def test_dots_may_be_left_out_but_those_typed_count(find: Callable[[str], search.Hits]) -> None:
    assert (codes(find("mål")), set(codes(find("mal")))) == (["EX24-001"], {"EX24-001", "EX24-002"})


def test_a_hit_that_is_only_alike_is_told(find: Callable[[str], search.Hits]) -> None:
    hits = find("Sarneki")
    assert (hits.exact, hits.alike) == (False, ("Sarnecki",))


def test_a_hit_that_holds_what_was_typed_is_not_called_alike(find: Callable[[str], search.Hits]) -> None:
    hits = find("utvärdering")
    assert (hits.exact, hits.alike) == (True, ())


def test_words_that_no_project_has_together_are_counted_each(find: Callable[[str], search.Hits]) -> None:
    hits = find("Barnahus Kaldal")
    assert (hits.projects, hits.words) == ((), (("barnahus", 1), ("kaldal", 1)))


def test_the_nearest_word_is_proposed_where_none_is_found(find: Callable[[str], search.Hits]) -> None:
    assert dict(find("verksamhetsmått").nearest) == {"verksamhetsmått": "verksamhet"}


def test_signs_alone_find_nothing(find: Callable[[str], search.Hits]) -> None:
    assert [find(text).projects for text in ("", " ", "%", "-_-", "?*")] == [()] * 5


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_any_text_can_be_searched_for(find: Callable[[str], search.Hits], text: str) -> None:
    hits = find(text)
    assert len(set(hits.projects)) == len(hits.projects) == len(hits.scores)


@settings(max_examples=25)
@given(st.sampled_from(list(PROJECTS)), st.data())
def test_any_part_of_a_word_in_the_title_finds_the_project(
    find: Callable[[str], search.Hits], code: str, data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from([word for word in search.fold(PROJECTS[code]).split() if word.isalpha()]))
    part = word[: data.draw(st.integers(3, max(3, len(word))))]
    assert code in codes(find(part))


def test_an_index_over_nothing_finds_nothing(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "fou.duckdb")
    with database.read() as reader:
        assert search.find(search.index(reader), "barn").projects == ()
    database.close()
