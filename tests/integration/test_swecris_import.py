"""Grants from Swecris on their whole way: chosen, compared, posted, read again, and undone."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

from fou.access import Action, Person
from fou.check import check
from fou.imports.difference import compare, known
from fou.imports.posting import Examined, post
from fou.imports.swecris.choosing import SwecrisChoice
from fou.imports.swecris.reading import read_swecris
from fou.imports.swecris.stating import state, tell_of_other_years
from fou.ledger import undo
from fou.model import Area, Funder, Project
from fou.store import Database
from tests.integration.content import content, figures
from tests.unit.swecris_rows import person, swecris

FILE = "swecris.csv"
DATA = swecris(
    {"InvolvedPeople": person("Eva Ek", "Principal Investigator"), "ProjectAbstractSv": "Om vård\ni två rader."},
    {"ProjectId": "2020-00007_Vinnova", "ProjectTitleSv": "Skolan", "FundingOrganisationNameSv": "Vinnova",
     "FundingYear": "2020", "FundingsSek": "1234,50", "FundingStartDate": "2020", "FundingEndDate": "2020"},
    {"ProjectId": "2021-00008_Forte", "ProjectTitleSv": "Fritid", "FundingYear": "2021", "FundingsSek": ""},
)  # fmt: skip
BY_MONTH = SwecrisChoice(spread="by_month")


def examined(database: Database, choice: SwecrisChoice = SwecrisChoice(), data: bytes = DATA) -> Examined:  # noqa: B008
    export = read_swecris(data, FILE)
    version = database.version
    with database.read() as reader:
        checked = state(export, choice, FILE, known(reader))
        return Examined(FILE, None, checked, compare(checked, reader), version)


def test_chosen_grants_are_posted(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, SwecrisChoice(funders=("Vinnova",))))
    assert figures(database) == {
        ("granted", "2020-00007_Vinnova", "Vinnova", 2020, None): Decimal("1234.50"),
    }


def test_grants_are_posted_spread_and_open_ones_as_open(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, BY_MONTH))
    assert figures(database) == {
        ("granted", "2018-00123_Forte", "Forte", 2018, None): Decimal(137722),
        ("granted", "2018-00123_Forte", "Forte", 2019, None): Decimal(1652667),
        ("granted", "2018-00123_Forte", "Forte", 2020, None): Decimal(1652667),
        ("granted", "2018-00123_Forte", "Forte", 2021, None): Decimal(1514944),
        ("granted", "2020-00007_Vinnova", "Vinnova", 2020, None): Decimal("1234.50"),
        ("granted", "2021-00008_Forte", "Forte", 2021, None): None,
    }


def test_projects_and_funders_come_with_the_grants(database: Database, admin: Person) -> None:
    post(database, admin, examined(database))
    with database.read() as reader:
        projects = [(one.code, one.lead, one.summary) for one in reader.records(Project, "ORDER BY code")]
        funders = [(one.name, one.kind) for one in reader.records(Funder, "ORDER BY name")]
    assert projects == [
        ("2018-00123_Forte", "Eva Ek", "Om vård\ni två rader."),
        ("2020-00007_Vinnova", None, None),
        ("2021-00008_Forte", None, None),
    ]
    assert funders == [("Forte", "state"), ("Vinnova", "state")]


def test_the_same_file_again_makes_no_difference(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, BY_MONTH))
    again = examined(database, BY_MONTH)
    assert again.difference.is_empty
    assert not again.difference.missing


def test_a_posted_file_holds_every_invariant(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, BY_MONTH))
    with database.read() as reader:
        assert check(reader) == []


def test_undoing_leaves_what_was_there_before(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, SwecrisChoice(funders=("Vinnova",))))
    before = content(database)

    batch = post(database, admin, examined(database, BY_MONTH))
    assert batch is not None
    undo(database, admin, batch)

    assert content(database) == before


def test_projects_get_the_chosen_area(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Ett område") as work:
        area = work.create(Area, name="Äldre")
    post(database, admin, examined(database, SwecrisChoice(area="äldre")))
    with database.read() as reader:
        assert {one.area for one in reader.records(Project)} == {area}


def test_a_changed_amount_is_the_only_difference(database: Database, admin: Person) -> None:
    post(database, admin, examined(database))
    rows = list(csv.reader(StringIO(DATA.decode("utf-8-sig"), newline=""), delimiter=";"))
    rows[1][rows[0].index("FundingsSek")] = "5000000"
    text = StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)

    difference = examined(database, data=text.getvalue().encode()).difference

    assert difference.records == ()
    assert [(one.project, one.before.firm if one.before else None, one.after.firm) for one in difference.amounts] == [
        ("2018-00123_Forte", Decimal(4958000), Decimal(5000000))
    ]


def test_what_an_earlier_spread_left_in_other_years_is_warned_of(database: Database, admin: Person) -> None:
    post(database, admin, examined(database, BY_MONTH))
    now = examined(database)
    with database.read() as reader:
        findings = tell_of_other_years(now.checked, reader)
    assert [(one.cell, one.found) for one in findings] == [
        ("2018-00123_Forte", "4\u00a0820\u00a0278\u00a0kr är redan beviljat 2019, 2020 och 2021")
    ]
