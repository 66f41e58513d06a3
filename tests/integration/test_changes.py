"""What has changed since an earlier day: exactly what stands otherwise, whatever happened in between."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fou.access import Person
from fou.changes import Changes, changes
from fou.charts.changes import changes_sentence, changes_table
from fou.demo.load import load_documents
from fou.ledger import correct, statements, undo
from fou.store import Database


@pytest.fixture
def filled(database: Database, admin: Person) -> Database:
    """The documents' portfolio as batch 1, and as batch 2 a project's 600 000 for 2013 corrected to 650 000."""
    load_documents(database, admin)
    with database.read() as reader:
        old = statements(reader, "amount = 600000 AND year = 2013")[0]
    correct(database, admin, old.id, Decimal(650_000), "rättelse")
    return database


def since(database: Database, head: int, year: int = 2013) -> Changes:
    with database.read() as reader:
        return changes(reader, head, year)


def test_a_corrected_amount_is_one_change_from_and_to(filled: Database) -> None:
    (row,) = changes_table(since(filled, 1)).rows
    assert row[2:5] == (Decimal(600_000), Decimal(650_000), Decimal(50_000))


def test_the_sentence_says_what_the_change_does_to_the_sum(filled: Database) -> None:
    said = changes_sentence(since(filled, 1), 2013, date(2026, 3, 12), "kr").replace("\u00a0", " ")
    assert said == "1 belopp för 2013 har ändrats sedan 12 mars 2026: föreslaget har ökat med 50 000 kr."


def test_what_was_changed_and_undone_has_not_changed(filled: Database, admin: Person) -> None:
    undo(filled, admin, 2)
    assert since(filled, 1).rows == ()


def test_other_years_have_not_changed(filled: Database) -> None:
    assert since(filled, 1, 2014).rows == ()


def test_since_before_the_first_batch_all_that_stands_is_new(filled: Database) -> None:
    found = since(filled, 0)
    assert (found.before.firm, found.now.sum(found.rows[0].kind)) == ({}, Decimal(2_310_000))


def test_an_amount_that_is_not_set_is_told_by_name_and_makes_no_difference_in_kronor(filled: Database) -> None:
    rows = changes_table(since(filled, 0, 2014)).rows
    assert {row[2:5] for row in rows if row[3] == "belopp ej fastställt"} == {(None, "belopp ej fastställt", None)}
