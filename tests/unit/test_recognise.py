"""Names that are spelt differently: what is sure, what is asked, and how often it is asked in vain."""

from __future__ import annotations

import pickle
import random
from collections.abc import Mapping

import pytest

from fou.imports.funders import guess_funder_kind
from fou.imports.recognise import Directory, Recognised, Register, next_codes, recognise, recognise_many
from tests.unit.spellings import DIFFERENT, SAME


def knowing(table: str, titles: Mapping[str, str], aliases: Mapping[str, str] | None = None) -> Directory:
    """What a database knows that holds these labels and titles in one table, and these folded aliases."""
    return Directory({table: Register(table, dict(titles), dict(aliases or {}))})


PROJECTS = knowing(
    "project",
    {"P-1": "Läxhjälpen", "P-2": "Bostad först", "P-3": "Rätt stöd i tid etapp 1", "P-4": "Våga fråga"},
    {"läxis": "P-1"},
)


def asked(found: Recognised) -> list[str]:
    return [candidate.target for candidate in found.candidates]


# What is sure


@pytest.mark.parametrize(
    ("label", "how", "target"),
    [
        ("P-1", "code", "P-1"),
        (" p-1 ", "code", "P-1"),
        ("Läxhjälpen", "name", "P-1"),
        ("LÄXHJÄLPEN", "name", "P-1"),
        ("Bostad  först", "name", "P-2"),
        ("Läxis", "alias", "P-1"),
    ],
)
def test_a_code_a_title_and_a_remembered_name_are_sure(label: str, how: str, target: str) -> None:
    assert recognise("project", label, PROJECTS) == Recognised(label, how, target)


def test_an_area_is_known_by_its_name() -> None:
    areas = knowing("area", {"Barn och unga": "Barn och unga"})
    assert recognise("area", "barn och unga", areas) == Recognised("barn och unga", "name", "Barn och unga")


def test_a_code_goes_before_a_title_and_a_title_before_a_remembered_name() -> None:
    known = knowing("project", {"P-1": "P-2", "P-2": "Läxhjälpen", "P-3": "Annat"}, {"p-2": "P-3", "läxhjälpen": "P-3"})
    found = recognise_many("project", ["P-2", "Läxhjälpen"], known)
    assert [(one.how, one.target) for one in found] == [("code", "P-2"), ("name", "P-2")]


def test_what_is_like_nothing_is_new() -> None:
    assert recognise("project", "Ungdomsdomstolen", PROJECTS) == Recognised("Ungdomsdomstolen", "new")


def test_everything_is_new_to_an_empty_database() -> None:
    assert recognise("call", "Utlysning 2014", Directory()) == Recognised("Utlysning 2014", "new")


@pytest.mark.parametrize("label", ["–", "2014", "...", "a", "Projekt", "(forts.)"])
def test_a_name_that_says_nothing_is_new(label: str) -> None:
    assert recognise("project", label, PROJECTS).how == "new"


# What is asked


def test_a_name_that_is_only_alike_is_asked_about_and_means_nothing_yet() -> None:
    found = recognise("project", "Läxhjälpsprojektet 2014", PROJECTS)
    assert (found.how, found.target, asked(found)) == ("question", None, ["P-1"])


def test_a_question_shows_code_and_title_and_how_alike_they_are() -> None:
    (candidate,) = recognise("project", "FoU-projekt: Läxhjälpen", PROJECTS).candidates
    assert (candidate.shown, candidate.likeness) == ("P-1 · Läxhjälpen", 99)


def test_a_title_that_two_projects_share_is_asked_about() -> None:
    twins = knowing("project", {"P-1": "Läxhjälpen", "P-2": "Läxhjälpen"})
    found = recognise("project", "Läxhjälpen", twins)
    assert (found.how, asked(found)) == ("question", ["P-1", "P-2"])


def test_a_remembered_name_decides_between_projects_that_share_a_title() -> None:
    twins = knowing("project", {"P-1": "Läxhjälpen", "P-2": "Läxhjälpen"}, {"läxhjälpen": "P-2"})
    assert recognise("project", "Läxhjälpen", twins).target == "P-2"


def test_a_name_like_a_remembered_one_is_asked_about() -> None:
    known = knowing("project", {"P-1": "Läxhjälpen"}, {"studiestugan i ekbacken": "P-1"})
    assert asked(recognise("project", "Studiestuga i Ekbacken", known)) == ["P-1"]


def test_at_most_three_are_shown_with_the_likest_first() -> None:
    titles = {f"P-{n}": f"Läxhjälp i {place}" for n, place in enumerate(("Norr", "Söder", "Öster", "Väster"))}
    found = recognise("project", "Läxhjälpen i Söder", knowing("project", titles))
    likeness = [candidate.likeness for candidate in found.candidates]
    assert (asked(found)[0], len(likeness) <= 3, likeness) == ("P-1", True, sorted(likeness, reverse=True))


def test_another_stage_is_at_most_a_question() -> None:
    found = recognise("project", "Rätt stöd i tid etapp 2", PROJECTS)
    assert (found.how, found.target) == ("question", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rätt stöd etapp 1", "Rätt stöd etapp 2"),
        ("Vardagsmakt del A", "Vardagsmakt del B"),
        ("Stöd till barn", "Stöd till unga"),
        ("Läxhjälp 2013", "Läxhjälp 2014"),
        ("Förstudie: läxhjälp", "Läxhjälp"),
    ],
)
def test_there_is_no_question_between_two_that_the_database_holds(one: str, other: str) -> None:
    found = recognise_many("project", [one, other], knowing("project", {"P-1": one, "P-2": other}))
    assert [(each.how, each.target) for each in found] == [("name", "P-1"), ("name", "P-2")]


@pytest.mark.parametrize(
    ("held", "new"),
    [
        ("Läxhjälp i Kvarnbyn", "Läxhjälp i Norrängen"),
        ("Familjerådslag", "Förstudie: Familjerådslag"),
        ("Förstudie: Familjerådslag", "Uppföljning: Familjerådslag"),
    ],
)
def test_another_place_and_another_undertaking_are_not_asked_about(held: str, new: str) -> None:
    assert recognise("project", new, knowing("project", {"P-1": held})).how == "new"


def test_capitals_throughout_do_not_make_places_of_the_words() -> None:
    found = recognise(
        "project", "ANHÖRIGSTÖD I NORRÄNGEN", knowing("project", {"P-1": "Anhörigstöd för Norrängens del"})
    )
    assert asked(found) == ["P-1"]


@pytest.mark.parametrize("label", ["-" * 32_000, " " * 32_000 + "a", "läx " * 8_000, "a." * 16_000])
def test_a_cell_with_a_page_in_it_is_compared_too(label: str) -> None:
    assert recognise("project", label, PROJECTS).target is None


def test_letters_with_dots_are_letters_of_their_own() -> None:
    assert recognise("area", "Vard", knowing("area", {"Vård": "Vård"})).how == "new"


# Within one file


def test_a_new_name_spelt_in_two_ways_is_asked_about_once() -> None:
    first, second = recognise_many("project", ["Familjeverkstaden", "Familjeverkstan"], PROJECTS)
    assert (first.how, second.how, asked(second), second.candidates[0].in_file) == (
        "new", "question", ["Familjeverkstaden"], True,
    )  # fmt: skip


def test_the_same_name_on_two_lines_is_one() -> None:
    found = recognise_many("project", ["Familjeverkstaden", "familjeverkstaden ", "Läxhjälpen"], PROJECTS)
    assert [one.label for one in found] == ["Familjeverkstaden", "Läxhjälpen"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rösträtt för alla etapp 1", "Rösträtt för alla etapp 2"),
        ("Samtalsgrupper för pappor", "Samtalsgrupper för pappor i Ekbacken"),
        ("Projekt 1", "Projekt 2"),
    ],
)
def test_what_one_file_tells_apart_is_not_asked_about(one: str, other: str) -> None:
    assert [found.how for found in recognise_many("project", [one, other], PROJECTS)] == ["new", "new"]


# How well it works, on spellings that were made for it


def test_the_spellings_are_many_enough_to_tell() -> None:
    assert (len(SAME), len(DIFFERENT)) == (86, 60)


@pytest.fixture(scope="module")
def spellings() -> Directory:
    """A database with everything that stands in a database in the spellings."""
    tables: dict[str, dict[str, str]] = {}
    for table, held, _ in (*SAME, *DIFFERENT):
        tables.setdefault(table, {})[held] = held
    return Directory({table: Register(table, titles, {}) for table, titles in tables.items()})


def test_nothing_in_the_spellings_is_taken_for_another_without_asking(spellings: Directory) -> None:
    sure = [found for table, _, label in (*SAME, *DIFFERENT) if (found := recognise(table, label, spellings)).target]
    assert sure == []


def test_the_same_thing_is_found_and_comes_first(spellings: Directory) -> None:
    first = [asked(recognise(table, label, spellings))[:1] == [held] for table, held, label in SAME]
    assert sum(first) >= 84


def test_different_things_are_seldom_asked_about(spellings: Directory) -> None:
    in_vain = [label for table, _, label in DIFFERENT if recognise(table, label, spellings).how == "question"]
    assert len(in_vain) <= 8, in_vain


def made_up_titles(count: int) -> list[str]:
    """Titles of three to eight words out of a hundred, always the same."""
    chance = random.Random(1)
    stems = ("barn", "skol", "bostad", "vård", "hem", "familje", "ungdoms", "äldre", "hälso", "arbets", "språk", "natt")
    ends = ("stöd", "team", "hjälp", "råd", "plan", "studie", "kurs", "rum")
    words = [stem + end for stem in stems for end in ends]
    return [" ".join(chance.choices(words, k=chance.randint(3, 8))) for _ in range(count)]


def test_the_same_thing_is_found_among_thousands() -> None:
    ours = [(held, label) for table, held, label in SAME if table == "project"]
    titles = {title: title for title in (*made_up_titles(5_000), *(held for held, _ in ours))}
    found = recognise_many("project", [label for _, label in ours], knowing("project", titles))
    assert sum(held in asked(one) for one, (held, _) in zip(found, ours, strict=True)) >= len(ours) - 2


def test_what_the_database_knows_can_be_sent_to_another_process() -> None:
    recognise("project", "Läxhjälpsprojektet", PROJECTS)
    copy: Directory = pickle.loads(pickle.dumps(PROJECTS))
    assert recognise("project", "Läxhjälpsprojektet", copy) == recognise("project", "Läxhjälpsprojektet", PROJECTS)


# New codes


@pytest.mark.parametrize(
    ("codes", "taken", "expected"),
    [
        ([], [], ["P-001", "P-002"]),
        (["P-001", "P-003"], [], ["P-004", "P-005"]),
        (["p-7", "X-900", "P-12b"], [], ["P-008", "P-009"]),
        (["P-001"], ["P-002"], ["P-003", "P-004"]),
        (["P-999"], [], ["P-1000", "P-1001"]),
    ],
)
def test_new_projects_get_the_next_codes(codes: list[str], taken: list[str], expected: list[str]) -> None:
    assert next_codes(knowing("project", {code: code for code in codes}), 2, taken) == expected


# Funders


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Stockholms stad", "municipality"),
        ("Sthlm stad", "municipality"),
        ("Ekbackens kommun", "municipality"),
        ("Socialnämnden", "municipality"),
        ("Stadsdelsnämnden Norr", "municipality"),
        ("SoF", "municipality"),
        ("Kommunstyrelsen", "municipality"),
        ("Egna medel", "municipality"),
        ("Socialstyrelsen", "state"),
        ("Länsstyrelsen i Hallands län", "state"),
        ("Vetenskapsrådet", "state"),
        ("VR", "state"),
        ("Forte", "state"),
        ("Vinnova", "state"),
        ("Skolverket", "state"),
        ("Folkhälsomyndigheten", "state"),
        ("Uppsala universitet", "state"),
        ("Allmänna arvsfonden", "state"),
        ("Stiftelsen Lyktan", "foundation"),
        ("Riksbankens Jubileumsfond", "foundation"),
        ("RJ", "foundation"),
        ("Hjärnfonden", "foundation"),
        ("Region Halland", "region"),
        ("Västra Götalandsregionen", "region"),
        ("Stockholms läns landsting", "region"),
        ("Europeiska socialfonden", "eu"),
        ("ESF", "eu"),
        ("Horisont Europa (EU)", "eu"),
        ("Kalle Anka AB", None),
        ("Sveriges Kommuner och Regioner", None),
        ("", None),
    ],
)
def test_a_funders_kind_is_guessed_from_its_name(name: str, kind: str | None) -> None:
    assert guess_funder_kind(name) == kind
