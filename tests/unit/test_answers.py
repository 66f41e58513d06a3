"""What becomes of a file's names when somebody has answered, and which answers are remembered."""

from __future__ import annotations

from typing import Any

import pytest

from fou.imports.answers import Settled, aliases_to_remember, settle_all
from fou.imports.recognise import Directory, Register, recognise_many
from fou.imports.references import fold
from fou.imports.stated import Stated

KNOWN = Directory(
    {
        "project": Register(
            "project", {"P-1": "Läxhjälpen", "P-2": "Bostad först", "P-3": "Bostad först"}, {"läxis": "P-1"}
        ),
        "funder": Register("funder", {"Forte": "Forte"}, {}),
        "area": Register("area", {"Barn och unga": "Barn och unga"}, {}),
    }
)


def settled(table: str, labels: list[str], answers: dict[str, Any]) -> dict[str, Settled]:
    return settle_all(table, recognise_many(table, labels, KNOWN), answers, KNOWN)


def remembered(table: str, labels: list[str], answers: dict[str, Any], **codes: str) -> list[Stated]:
    recognised = recognise_many(table, labels, KNOWN)
    what = settle_all(table, recognised, answers, KNOWN)
    return aliases_to_remember(
        table, recognised, what, {fold(name): code for name, code in codes.items()}, "fil › svar"
    )


# Without an answer


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("P-1", Settled("same", "P-1")),
        ("Läxis", Settled("same", "P-1")),
        ("Läxhjälpsprojektet", Settled("ask")),
        ("Nattugglorna", Settled("new")),
    ],
)
def test_without_an_answer_only_what_is_sure_is_settled(label: str, expected: Settled) -> None:
    assert settled("project", [label], {}) == {fold(label): expected}


def test_a_new_funders_kind_is_guessed() -> None:
    assert settled("funder", ["Region Halland"], {})["region halland"].funder_kind == "region"


# With one


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"same_as": "P-1"}, Settled("same", "P-1")),
        ({"same_as": "p-1"}, Settled("same", "P-1")),
        ({"same_as": "läxhjälpen"}, Settled("same", "P-1")),
        ({"new": ""}, Settled("new")),
        ({"skip": True}, Settled("skip")),
    ],
)
def test_an_answer_settles_a_question(answer: dict[str, Any], expected: Settled) -> None:
    assert settled("project", ["Läxhjälpsprojektet"], {"LÄXHJÄLPSPROJEKTET": answer})["läxhjälpsprojektet"] == expected


def test_a_new_funder_is_of_the_kind_that_was_answered() -> None:
    assert settled("funder", ["Kalle"], {"Kalle": {"new": "foundation"}})["kalle"] == Settled(
        "new", funder_kind="foundation"
    )


@pytest.mark.parametrize(
    ("table", "label", "answer", "said"),
    [
        ("project", "Läxan", {"same_as": "P-9"}, "Svaret pekar på ”P-9”, som inte finns"),
        ("project", "Läxan", {"same_as": "Läxan"}, "Svaret pekar på ”Läxan”, som inte finns"),
        ("project", "Läxan", {"same_as": "Bostad först"}, "Flera har namnet ”Bostad först”"),
        ("funder", "Kalle", {"new": "bank"}, "Välj vilket slag finansiären är"),
        ("project", "Läxan", {"same_as": 7}, "Svara på frågan igen"),
        ("project", "Läxan", {"skip": True, "new": ""}, "Svara på frågan igen"),
        ("project", "Läxan", {"skip": False}, "Svara på frågan igen"),
        ("project", "Läxan", "P-1", "Svara på frågan igen"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_asked_again(table: str, label: str, answer: Any, said: str) -> None:
    what = settled(table, [label], {label: answer})[fold(label)]
    assert what.finding is not None
    assert (what.kind, what.finding.found, said in what.finding.help) == ("ask", label, True)


@pytest.mark.parametrize(("table", "label"), [("project", "P-1"), ("funder", "Forte")])
def test_what_was_new_and_has_been_read_in_since_is_that_one(table: str, label: str) -> None:
    what = settled(table, [label], {label: {"new": ""}})[fold(label)]
    assert (what.kind, what.target) == ("same", label)


def test_a_project_may_have_the_title_that_another_has() -> None:
    assert settled("project", ["Läxhjälpen"], {"Läxhjälpen": {"new": ""}})["läxhjälpen"] == Settled("new")


# Names that mean other names of the file


FILE = ["Familjeverkstaden", "Familjeverkstan", "Fam.verkstad"]


def test_a_name_may_mean_another_new_one_of_the_file() -> None:
    found = settled("project", FILE[:2], {"Familjeverkstan": {"same_as": "Familjeverkstaden"}})
    assert found["familjeverkstan"] == Settled("same", "Familjeverkstaden", in_file=True)


def test_a_name_goes_where_the_one_goes_that_it_means() -> None:
    answers = {
        "Fam.verkstad": {"same_as": "Familjeverkstan"},
        "Familjeverkstan": {"same_as": "Familjeverkstaden"},
        "Familjeverkstaden": {"same_as": "P-1"},
    }
    assert set(settled("project", FILE, answers).values()) == {Settled("same", "P-1")}


def test_a_name_is_skipped_with_the_one_that_it_means() -> None:
    answers = {"Familjeverkstan": {"same_as": "Familjeverkstaden"}, "Familjeverkstaden": {"skip": True}}
    assert settled("project", FILE[:2], answers)["familjeverkstan"] == Settled("skip")


def test_names_that_mean_each_other_are_refused() -> None:
    answers = {
        "Familjeverkstan": {"same_as": "Familjeverkstaden"},
        "Familjeverkstaden": {"same_as": "Familjeverkstan"},
    }
    found = settled("project", FILE[:2], answers)
    assert [what.kind for what in found.values()] == ["ask", "ask"]


# What is remembered


def test_an_answer_to_a_question_is_remembered() -> None:
    assert remembered("project", ["Läxhjälpsprojektet"], {"Läxhjälpsprojektet": {"same_as": "P-1"}}) == [
        Stated(
            "alias", ("project", "läxhjälpsprojektet"),
            {"record": "project", "label": "läxhjälpsprojektet", "project": "P-1"}, "fil › svar",
        )
    ]  # fmt: skip


def test_another_answer_than_the_remembered_one_is_remembered() -> None:
    (alias,) = remembered("project", ["Läxis"], {"Läxis": {"same_as": "P-2"}})
    assert alias.values["project"] == "P-2"


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("P-1", {"same_as": "P-1"}),
        ("Läxhjälpen", {"same_as": "P-2"}),
        ("Läxis", {"same_as": "P-1"}),
        ("Läxhjälpsprojektet", {"new": ""}),
        ("Läxhjälpsprojektet", {"skip": True}),
        ("Läxhjälpsprojektet", {"same_as": "P-9"}),
    ],
)
def test_nothing_is_remembered_that_tells_no_more_than_the_database(label: str, answer: dict[str, Any]) -> None:
    assert remembered("project", [label], {label: answer}) == []


def test_another_spelling_of_a_new_project_is_remembered_with_its_code() -> None:
    answers = {"Familjeverkstan": {"same_as": "Familjeverkstaden"}}
    (alias,) = remembered("project", FILE[:2], answers, Familjeverkstaden="P-004")
    assert alias.values == {"record": "project", "label": "familjeverkstan", "project": "P-004"}
