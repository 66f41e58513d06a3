"""The papers after the board's change: what they say is what the ledger says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from fou import cli, deciding, scenarios
from fou.access import Action
from fou.deciding import Minutes
from fou.errors import Refused
from fou.exports.papers import render
from fou.exports.papers.making import made
from fou.exports.papers.particulars import Particulars
from fou.ledger import statements, undo
from fou.matters import Scope
from fou.model import Entry, Kind, Recommendation
from fou.plan import rooms
from fou.scenarios import Wish
from fou.snapshot import NOTED, Held, Line, Matter, as_decided
from fou.store import Database
from tests.integration.rounds import ANNA, assessed_call, call, council
from tests.integration.test_papers import (
    OPEN,
    PAPER,
    kronor,
    letters,
    sheet,
    slides,
    snapshot,
    spaced,
    word,
    word_table,
)

MADE, DAY = date(2025, 11, 20), date(2025, 12, 16)
#: What the board decided: less to A with money for a later year, C on a condition, and the rest for the call.
CHANGED = {
    (1, None): (Line(2026, "grant", 100_000), Line(2027, "reserve")),
    (3, None): (Line(2026, "grant", 70_000, "om huvudmannen betalar hälften"),),
    (None, 1): (Line(2026, "reserve", 120_000),),
}


@pytest.fixture(scope="module")
def recommended(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call with 500 000 kr of a frame of 900 000 kr; A and B are recommended, and 50 000 kr for the call."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("recommended") / "fou.duckdb"))
    found = Database.open(path)
    council(found)
    assessed_call(found, "A", "B", "C")
    with found.write(ANNA, Action.EDIT, "Ram") as work:
        work.post([Entry(Kind.FRAME, 2026, 1, amount=Decimal(900_000), source="x")])
    number = scenarios.create(found, ANNA, Scope(2026, call(found).id), "Förslaget")
    for key, amount in (((1, None), 150_000), ((2, None), 200_000), ((None, 1), 50_000)):
        choice = "reserve" if key[1] else "grant"
        scenarios.set_line(found, ANNA, number, Wish(*key, 2026, choice, amount), None)
    scenarios.leave_out(found, ANNA, number, (3, None))
    deciding.recommend(found, ANNA, number, MADE)
    found.close()
    return path


@pytest.fixture
def database(recommended: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it for each test."""
    path = Path(shutil.copy(recommended, tmp_path / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


def decide(database: Database) -> int:
    minutes = Minutes("changed", "Socialnämnden", DAY, "SN 2025/77", "§ 12", True)
    return deciding.decide(database, ANNA, 1, minutes, DAY, CHANGED)


def paper(database: Database, kind: str, decided: bool = True) -> bytes:
    with database.read() as reader:
        return made(reader, ANNA, 1, kind, Particulars(), None, decided).content


def test_the_papers_say_after_the_boards_change_what_the_ledger_says(database: Database) -> None:
    with database.read() as reader:
        foreseen = deciding.foresee(reader, ANNA, 1, "changed", CHANGED)
    decide(database)
    with database.read() as reader:
        stands = [one for one in statements(reader, "kind IN ('granted', 'reserved')") if one.condition is None]
        this, following = rooms(reader, 2026, 2027)
        page = deciding.recommendation_page(reader, ANNA, 1)
    granted = {one.project: one.amount for one in stands if one.kind is Kind.GRANTED}
    pot = sum(one.amount for one in stands if one.kind is Kind.RESERVED and one.project is None)
    assert (granted, pot, this.free, following.open) == ({1: 100_000, 2: 200_000}, 120_000, 480_000, 1)
    # What was foreseen is what was posted.
    assert [(one.year, one.granted, one.reserved, one.open, one.conditional) for one in foreseen] == [
        (2026, 300_000, -380_000, 0, 70_000), (2027, 0, 0, 1, 0)
    ]  # fmt: skip
    assert foreseen[0].free == this.free
    assert page.in_force is not None
    year = as_decided(page.snapshot, page.in_force.decided).years[0]
    assert (year.free_after, year.pot_left) == (this.free, pot)
    memo = paper(database, "memo")
    text, rows = word(memo), {row["Ärende"]: row for row in word_table(memo, "Ärende")}
    assert "Förslag till beslut" not in text
    assert text[0] != "Tjänsteutlåtande"
    assert text[len(text) - text[::-1].index("Beslut") : text.index("Sammanfattning")] == [
        f"Socialnämnden beviljar {kronor(300_000)} ur 2026 års budget till 2 projekt, fördelat enligt tabellen.",
        f"Socialnämnden beviljar {kronor(70_000)} ur 2026 års budget till projektet C. Villkor: om huvudmannen "
        "betalar hälften.",
        f"Socialnämnden avsätter {kronor(120_000)} i 2026 års budget för utlysningen Lokala utvecklingsmedel 2026.",
        f"Socialnämnden avsätter medel i 2027 års budget för projektet A ({OPEN}).",
        "Paragrafen justerades omedelbart.",
    ]
    assert any("Nämnden ändrade rådets rekommendation i 3 ärenden: A, C och Lokala" in line for line in text)
    assert any(
        line.startswith("Socialnämnden har beslutat att projektet får 100 000 kr")
        and line.endswith(f"FoU-rådet rekommenderade att projektet får {kronor(150_000)} för 2026.")
        for line in text
    )
    assert rows["Summa"]["Beviljas 2026"] == f"{int(sum(granted.values())):,}".replace(",", " ")
    assert f"Ramen för 2026 är {kronor(900_000)}. Med beslutet är 480 000 kr fritt." in text
    assert word_table(memo, "Utrymme")[-1]["2026 kr"] == "480 000"
    total = sheet(paper(database, "annex"), "Ärenden")[-1]
    assert total["Beviljas 2026 enligt förslaget kr"] == 350_000
    assert total["Beviljas 2026 enligt beslutet kr"] == sum(granted.values())
    assert total["Avsätts 2026 enligt beslutet kr"] == pot
    sent = letters(paper(database, "letters"))
    assert any(f"Socialnämnden har beslutat att projektet får {kronor(200_000)} för 2026." in t for t in sent.values())
    # What was proposed can still be had, as it was.
    proposed = word(paper(database, "memo", decided=False))
    assert (
        f"Nämnden beviljar {kronor(350_000)} ur 2026 års budget till 2 projekt, fördelat enligt tabellen." in proposed
    )
    assert f"{kronor(350_000)}" in spaced(" ".join(slides(paper(database, "slides"))[0]))


def test_what_a_correction_would_post_is_foreseen_too(database: Database) -> None:
    batch = decide(database)
    with database.read() as reader:
        (year, later) = deciding.foresee(reader, ANNA, 1, "rejected")
        again = deciding.foresee(reader, ANNA, 1, "changed", CHANGED)
    assert (year.granted, year.reserved, year.conditional, later.open) == (-300_000, 380_000, -70_000, -1)
    assert again == ()
    undo(database, ANNA, batch)
    with database.read() as reader, pytest.raises(Refused, match="en sak för varje år"):
        deciding.foresee(reader, ANNA, 1, "changed", {(1, None): ()})


def test_a_rejection_is_told_to_every_applicant_and_has_a_paper_of_its_own(database: Database) -> None:
    minutes = Minutes("rejected", "Socialnämnden", DAY, "SN 2025/77", "§ 12", False)
    deciding.decide(database, ANNA, 1, minutes, DAY)
    sent = letters(paper(database, "letters"))
    assert len(sent) == 3
    for title, text in zip("ABC", sent.values(), strict=True):
        assert f"Projekt: {title}" in text
        assert "Socialnämnden har beslutat att projektet inte får medel." in text
    memo = word(paper(database, "memo"))
    assert "Socialnämnden avslår 3 ärenden: A, B och C." in memo
    assert not any("bevilja" in line for line in memo[: memo.index("Sammanfattning")])
    about = [
        row[0] for row in openpyxl.load_workbook(BytesIO(paper(database, "annex")))["Om"].iter_rows(values_only=True)
    ]
    assert any("dnr SN 2025/77" in str(text) for text in about)
    assert not any("föreslås" in str(text) or "förslaget är" in str(text) for text in about)
    assert not any("avsätter" in line for line in memo)  # what is set aside for the call stays so
    assert any(line.endswith("Nämnden avslog rådets förslag och gav inga medel.") for line in memo)
    rows = sheet(paper(database, "annex"), "Ärenden")
    assert {row["Ärende"]: row["Beslut"] for row in rows if row["Ärende"] in "ABC"} == dict.fromkeys(
        "ABC", "Får inte medel"
    )


def test_a_paper_is_written_from_the_command_line(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(database)
    with database.read() as reader:
        (found,) = reader.records(Recommendation)
    database.close()
    monkeypatch.setenv("FOU_DATABASE", str(database.path))
    run = CliRunner()
    for proposed in (False, True):
        to = tmp_path / f"{proposed}.docx"
        asked = ["export", "memo", "--recommendation", found.code.lower(), "--to", str(to)]
        assert run.invoke(cli.app, [*asked, *(["--proposed"] if proposed else [])]).exit_code == 0
        assert ("Förslag till beslut" in word(to.read_bytes())) == proposed
    assert run.invoke(cli.app, ["export", "memo", "--to", str(tmp_path / "x")]).exit_code == 2
    refused = run.invoke(cli.app, ["export", "memo", "--recommendation", "R9", "--to", str(tmp_path / "x")])
    assert "De som finns är: LUM-2026-R1." in str(refused.exception)


def test_what_is_taken_down_of_conflicts_stands_with_them_in_the_minutes() -> None:
    matter = Matter(1, None, "P1", "Ett projekt", lines=(Line(2013, "grant", 1_000),))
    meeting = Held("M1", "Rådet", None, None, f"1. Planen\n{NOTED}Bo Ek anmälde jäv i ärendet Ett projekt.\n2. Övrigt")
    text = word(render("minutes", snapshot([matter], {2013: 1_000}, meeting=meeting), PAPER))
    assert text[text.index("Dagordning") + 1 : text.index("Rådets rekommendation")] == [
        "1. Planen", "2. Övrigt", "Jäv", "Bo Ek anmälde jäv i ärendet Ett projekt."
    ]  # fmt: skip
