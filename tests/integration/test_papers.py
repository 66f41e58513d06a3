"""The papers of a decision: what they say, read back from the files, against the snapshot that they are made from."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Emu

from fou.access import Person, Role
from fou.demo import load
from fou.errors import Refused
from fou.exports.papers import PAPERS, Particulars, Ruling, file_name, render
from fou.exports.papers.said import cautions
from fou.exports.papers.template import FORMS, LETTER, MEMO, MINUTES, faults, left_out, own_template
from fou.ledger import statements
from fou.model import Call, Project
from fou.snapshot import (
    Attendant,
    Carried,
    Decided,
    DecidedMatter,
    Held,
    Line,
    Matter,
    Snapshot,
    Year,
    YearAmount,
    freeze,
)  # fmt: skip
from fou.store import Database

OPEN = "belopp ej fastställt"


def spaced(text: str) -> str:
    """With ordinary spaces, as one reads it."""
    return re.sub("[\u00a0\u202f]", " ", text)


def kronor(amount: Decimal | int) -> str:
    return f"{amount:,} kr exklusive moms".replace(",", " ")


def year(number: int, frame: int | None, matters: Sequence[Matter], granted: int = 0, reserved: int = 0) -> Year:
    """A year's room as the service counts it, for matters that use nothing of what was set aside before."""
    lines = [line for one in matters for line in one.lines if line.year == number]
    here = {choice: Decimal(sum(one.firm for one in lines if one.choice == choice)) for choice in ("grant", "reserve")}
    free = None if frame is None else Decimal(frame - granted - reserved)
    return Year(
        number, None if frame is None else Decimal(frame), Decimal(granted), Decimal(reserved), free, None,
        here["grant"], here["reserve"], sum(line.open for line in lines),
        Decimal(sum(line.amount or 0 for line in lines if line.condition is not None)), None,
        None if free is None else free - here["grant"] - here["reserve"],
    )  # fmt: skip


def snapshot(matters: Sequence[Matter], frames: dict[int, int | None], **more: Any) -> Snapshot:
    return Snapshot(
        **{
            "organisation": "Stockholms stad", "code": "R-2013-1", "scenario": "Rådets förslag", "year": 2013,
            "call_code": None, "call_name": None, "meeting": None, "made": date(2013, 10, 17), "dissent": None,
            "grounds": (), "years": tuple(year(one, frame, matters) for one, frame in frames.items()),
            "matters": tuple(matters), "head": 12, "mark": "post 12:3fa9c01b",
        } | more
    )  # fmt: skip


#: What the documents state for 2013, the six that get an amount later in 2014, and what all are called.
GRANTED = {"S-EBP": 600_000, "S-IMPL": 770_000, "S-KONT": 210_000, "S-INSATS": 730_000}
SET_ASIDE = ("S-EBP", "S-KONT", "S-INSATS", "S-BARNAHUS", "S-SKOLA", "S-EKB")
TITLES_2013 = {
    "S-EBP": "Utvärdering: evidensbaserad praktik inom den sociala barn- och ungdomsvården",
    "S-IMPL": "Implementeringsstrategi och förbättringskunskap för evidensbaserad praktik",
    "S-KONT": "Kontaktperson/kontaktfamilj med skolstödjande uppdrag",
    "S-INSATS": "Utvärdering av sociala insatsgrupper 20–29 år",
    "S-BARNAHUS": "Effekter för barnen som kommer till Barnahus",
    "S-SKOLA": "Utvärdering av pilotprojekt om samverkan skola–socialtjänst",
    "S-EKB": "Utvärdering av bedömningsinstrument inom ekonomiskt bistånd",
}
PAPER = Particulars(
    board="Socialnämnden", unit="Utvecklingsenheten", handler="Eva Handläggare", reference="3.1-0420/2013",
    background="Staden stödjer forskning nära praktiken.", call_text="Tidigare år har 3 000 000 kr utlysts.",
    whole=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The council's recommendation for 2013: what the documents' portfolio has as proposed."""
    database = Database.open(tmp_path_factory.mktemp("documents") / "fou.duckdb")
    load.load_documents(database, Person("Anna", Role.ADMIN))
    with database.read() as reader:
        proposed = statements(reader, "kind = 'proposed' AND year IN (2013, 2014)")
        projects, calls = ({one.id: one for one in reader.records(record)} for record in (Project, Call))
    database.close()
    lines: dict[tuple[int | None, int | None], list[Line]] = {}
    for entry in proposed:
        choice = "grant" if entry.year == 2013 else "reserve"
        amount = None if entry.open else int(entry.amount)
        lines.setdefault((entry.project, entry.call), []).append(Line(entry.year, choice, amount))
    matters = [_matter(projects, calls, *key, tuple(said)) for key, said in lines.items()]
    meeting = Held(
        "M1", "FoU-rådet, möte 3", date(2013, 10, 17), "Stadshuset", "1. Plan för 2014",
        (Attendant("Anna Alm", "chair", True), Attendant("Bo Ek", "member", True),
         Attendant("Cia Dahl", "member", False), Attendant("Eva Handläggare", "secretary", True)),
    )  # fmt: skip
    return snapshot(
        matters, {2013: 2_310_000, 2014: None}, meeting=meeting, dissent="Bo Ek ville vänta med insatsgrupperna.",
        grounds=("Gemensamma ansökningar", "Forskningsuppdrag"),
    )  # fmt: skip


def _matter(
    projects: dict[int, Project], calls: dict[int, Call], project: int | None, call: int | None, lines: tuple[Line, ...]
) -> Matter:
    if project is None:
        about = calls[call or 0]
        return Matter(None, call, about.code, about.name, purpose=about.text, lines=lines)
    one = projects[project]
    return Matter(
        project, None, one.code, one.title, continuing=one.code in ("S-EBP", "S-IMPL"), purpose=one.summary,
        performer=one.performer, lead=one.lead, starts=one.starts, ends=one.ends, period_note=one.period_note,
        lines=lines, conflicts=("Bo Ek",) if one.code == "S-KONT" else (),
    )  # fmt: skip


def word(data: bytes) -> list[str]:
    """Every paragraph of the document, its headers and tables in their places, as one reads it."""
    document = Document(BytesIO(data))
    roots = [section.header._element for section in document.sections] + [document.element.body]
    return [
        spaced("".join(text.text or "" for text in paragraph.iter(qn("w:t"))))
        for root in roots for paragraph in root.iter(qn("w:p"))
    ]  # fmt: skip


def word_table(data: bytes, first_head: str) -> list[dict[str, str]]:
    """The rows of the table that begins with this head, and of those that go on with more columns for some of them."""
    found: list[dict[str, str]] = []
    for table in Document(BytesIO(data)).tables:
        rows = [[spaced(cell.text) for cell in row.cells] for row in table.rows]
        if rows[0][0] == first_head:
            more = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
            if not found:
                found = more
                continue
            at = 0
            for row in more:
                while found[at][first_head] != row[first_head]:
                    at += 1
                found[at] |= row
                at += 1
    assert found, f"no table begins with {first_head}"
    return found


def sheet(data: bytes, name: str, values: bool = True) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(BytesIO(data), data_only=values)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def slides(data: bytes) -> list[list[str]]:
    return [
        [
            spaced(paragraph.text) for shape in slide.shapes if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
        ]
        for slide in Presentation(BytesIO(data)).slides
    ]  # fmt: skip


def letters(data: bytes) -> dict[str, list[str]]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: word(package.read(name)) for name in package.namelist()}


def ruled(shot: Snapshot, others: dict[str, tuple[Line, ...]] | None = None) -> Ruling:
    """The board's decision: as recommended, but for the matters whose lines are given."""
    decided = tuple(
        DecidedMatter(
            one.project,
            one.call,
            one.code,
            one.title,
            tuple(Carried(line) for line in (others or {}).get(one.code, one.lines)),
        )
        for one in shot.matters
    )
    return Ruling("Socialnämnden", date(2013, 12, 10), "3.1-0420/2013", Decided(1, None, decided), "§ 12")


def test_the_memo_of_2013_proposes_what_the_documents_do(documents: Snapshot) -> None:
    shot = documents
    data = render("memo", shot, PAPER)
    text = word(data)
    assert text[text.index("Förslag till beslut") + 1 : text.index("Sammanfattning")] == [
        f"Socialnämnden beviljar {kronor(2_310_000)} ur 2013 års budget till 4 projekt, fördelat enligt tabellen.",
        f"Socialnämnden avsätter medel i 2014 års budget för 6 projekt ({OPEN}).",
        f"Socialnämnden avsätter {kronor(2_000_000)} i 2014 års budget för utlysningen Lokala utvecklingsmedel 2014.",
        "Paragrafen justeras omedelbart.",
    ]
    for code, name in TITLES_2013.items():
        said = text[text.index(name, text.index("Ärendet") + 40) :]
        proposal = next(line for line in said if line.startswith("Förvaltningen föreslår"))
        grant, later = GRANTED.get(code), code in SET_ASIDE
        kept = f"att medel avsätts{'' if grant else ' för projektet'} i 2014 års budget ({OPEN})"
        parts = [f"att projektet får {kronor(grant)} för 2013"] if grant else []
        assert proposal == f"Förvaltningen föreslår {' och '.join(parts + [kept] * later)}."
    rows = word_table(data, "Ärende")
    assert {row["Ärende"]: row["Beviljas 2013"] for row in rows} == {
        name: f"{GRANTED[code]:,}".replace(",", " ") if code in GRANTED else "–" for code, name in TITLES_2013.items()
    } | {"Lokala utvecklingsmedel 2014": "–", "Summa": "2 310 000"}
    assert [row["Avsätts 2014"] for row in rows].count(OPEN) == 6
    assert rows[-1]["Avsätts 2014"] == "2 000 000 och 6 utan belopp"
    assert not [line for line in text if "Anmärkning" in line or "Sernecki" in line]
    assert "För 2014 avsätts medel till 6 ärenden utan fastställt belopp. De ingår inte i någon summa." in text
    assert f"Ramen för 2013 är {kronor(2_310_000)}. Med förslaget är 0 kr fritt." in text
    for wanted in ("Diarienummer: 3.1-0420/2013", "17 oktober 2013", "Till: Socialnämnden",
                   "Tid: 2012–2015 (Uppföljning av akterna planeras 2015)",
                   "Tid: Från andra halvåret 2014", "Ansvarig: Bo Vinnerljung",
                   "Fortsättning", "Nytt projekt"):  # fmt: skip
        assert wanted in text
    assert not any("{{" in line for line in text)


def test_what_is_not_set_is_nowhere_a_zero(documents: Snapshot) -> None:
    shot = documents
    six = next(row for row in sheet(render("annex", shot, PAPER), "Ärenden") if row["Kod"] == "S-BARNAHUS")
    assert (six["Avsätts 2014 kr"], six["Beviljas 2013 kr"]) == (OPEN, "–")
    barnahus = next(slide for slide in slides(render("slides", shot, PAPER)) if slide[0] == TITLES_2013["S-BARNAHUS"])
    assert barnahus[-1] == OPEN
    assert barnahus[-2] == "Avsätts 2014"


def test_the_annex_has_typed_amounts_and_sums_that_are_formulas(documents: Snapshot) -> None:
    shot = documents
    data = render("annex", shot, PAPER)
    rows, formulas = sheet(data, "Ärenden"), sheet(data, "Ärenden", values=False)
    assert {row["Kod"]: row["Beviljas 2013 kr"] for row in rows if row["Kod"] in GRANTED} == GRANTED
    assert (rows[-1]["Beviljas 2013 kr"], rows[-1]["Avsätts 2014 kr"]) == (2_310_000, 2_000_000)
    assert formulas[-1]["Beviljas 2013 kr"].startswith("=SUBTOTAL(109,")
    room = sheet(data, "Utrymme")
    assert [(row["Utrymme"], row["2013 kr"]) for row in room] == [
        ("Ram", 2_310_000), ("Beviljas nu", -2_310_000), ("Fritt", 0)
    ]  # fmt: skip
    assert str(sheet(data, "Utrymme", values=False)[-1]["2013 kr"]).startswith("=SUBTOTAL(109,")


def test_each_matter_has_a_slide_with_its_amounts(documents: Snapshot) -> None:
    shot = documents
    found = slides(render("slides", shot, PAPER))
    assert [slide[0] for slide in found[1:]] == [one.title for one in shot.matters]
    assert f"– beviljar {kronor(2_310_000)} ur 2013 års budget till 4 projekt." in found[0]
    for code, slide in zip((one.code for one in shot.matters), found[1:], strict=True):
        amount = GRANTED.get(code) or (2_000_000 if code == "LUM-2014" else None)
        assert amount is None or f"{amount:,} kr".replace(",", " ") in slide


def test_the_minutes_say_who_was_there_who_was_in_conflict_and_who_disagreed(documents: Snapshot) -> None:
    shot = documents
    text = word(render("minutes", shot, replace(PAPER, hash=freeze(shot).hash)))
    start = text.index("Närvarande")
    assert text[start : start + 7] == [
        "Närvarande", "Anna Alm, ordförande", "Bo Ek", "Eva Handläggare, sekreterare", "Frånvarande", "Cia Dahl",
        "Dagordning",
    ]  # fmt: skip
    assert f"Bo Ek anmälde jäv i ärendet {TITLES_2013['S-KONT']} och deltog inte i det." in text
    assert "Bo Ek ville vänta med insatsgrupperna." in text
    assert (
        f"FoU-rådet rekommenderar att nämnden beviljar {kronor(2_310_000)} ur 2013 års budget till 4 projekt, "
        "fördelat enligt tabellen."
    ) in text
    assert any(freeze(shot).hash[:12] in line for line in text)
    assert not any(freeze(shot).hash in line for line in text)


def test_the_minutes_are_refused_to_who_may_not_see_the_conflicts(documents: Snapshot) -> None:
    shot = documents
    with pytest.raises(Refused, match="hela rekommendationen"):
        render("minutes", shot, replace(PAPER, whole=False))
    # Another paper says that it is not the whole one.
    for whole in (True, False):
        memo = word(render("memo", shot, replace(PAPER, whole=whole, hash="abc")))
        assert any("Rangordning och jäv saknas här" in line for line in memo) is not whole


def test_each_applicant_gets_a_letter_of_what_the_board_decided_not_of_what_was_proposed(documents: Snapshot) -> None:
    shot = documents
    ruling = ruled(
        shot,
        {
            "S-EBP": (Line(2013, "grant", 500_000, "att rapporten kommer i tid"),),
            "S-SKOLA": (Line(2013, "out"),),
            "S-EKB": (),
        },
    )
    found = letters(render("letters", shot, PAPER, ruling))
    assert len(found) == 6
    first = next(text for name, text in found.items() if name.startswith("beslut-s-ebp-"))
    assert (
        f"Socialnämnden har beslutat att projektet får {kronor(500_000)} för 2013. Villkor för 2013: att rapporten "
        "kommer i tid." in first
    )
    assert {"Dag: 10 december 2013", "Paragraf: 12"} <= set(first)
    refused = next(text for name, text in found.items() if name.startswith("beslut-s-skola-"))
    assert "Socialnämnden har beslutat att projektet inte får medel." in refused
    rows = {row["Kod"]: row for row in sheet(render("annex", shot, PAPER, ruling), "Ärenden")}
    assert rows["S-EBP"]["Beviljas 2013 på villkor enligt beslutet kr"] == 500_000
    assert rows["S-EBP"]["Beviljas 2013 enligt förslaget kr"] == 600_000
    assert [rows[code]["Ändrat"] for code in ("S-EBP", "S-IMPL")] == ["Ja", "Nej"]


def test_letters_wait_for_the_board(documents: Snapshot) -> None:
    with pytest.raises(Refused, match="För in beslutet först"):
        render("letters", documents, PAPER)


def test_years_that_do_not_fit_beside_each_other_go_on_in_another_table() -> None:
    seven = {number: tuple(Line(2013 + y, "grant", number) for y in range(7)) for number in (1, 2)}
    matters = [Matter(number, None, f"P{number}", "Ett projekt", lines=lines) for number, lines in seven.items()]
    data = render("memo", snapshot(matters, {2013 + y: 10 for y in range(7)}), PAPER)
    assert [len(table.columns) for table in Document(BytesIO(data)).tables] == [6, 4, 8]
    assert [word_table(data, "Ärende")[-1][f"Beviljas {2013 + y}"] for y in range(7)] == ["3"] * 7


def test_papers_without_what_is_unknown_leave_its_headings_out() -> None:
    matter = Matter(1, None, "P1", "Ett projekt", lines=(Line(2013, "grant", 1_000),))
    text = word(render("memo", snapshot([matter], {2013: 1_000}, organisation=None), Particulars(immediate=False)))
    assert not {"Bakgrund", "Utlysning", "Paragrafen justeras omedelbart."} & set(text)
    assert not any(line.startswith(("Handläggare", "Till:", "Utförare", "Diarienummer", "{{")) for line in text)
    assert f"Nämnden beviljar {kronor(1_000)} ur 2013 års budget till projektet Ett projekt." in text


# --- Templates ------------------------------------------------------------------------------------------------


def template(*paragraphs: str | tuple[str, ...]) -> bytes:
    """A municipality's own; a paragraph may be in pieces, as Word splits it."""
    document = Document()
    for pieces in paragraphs:
        paragraph = document.add_paragraph()
        for piece in (pieces,) if isinstance(pieces, str) else pieces:
            paragraph.add_run(piece)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


LEAST = (
    "{{förslag till beslut}}", "{{tabell}}", "{{varje ärende}}", "{{namn}}: {{förslag}}", "{{slut}}",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.file)
def test_our_own_templates_have_no_faults(form: Any) -> None:
    assert faults(form, own_template(form)) == ()


def test_a_municipality_can_put_its_own_template_in_a_folder(documents: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "tjansteutlatande.docx").write_bytes(
        template("Vår kommun", ("Dnr {", "{dia", "rienummer}} i", " ärendet"), *LEAST)
    )
    text = word(render("memo", documents, PAPER, templates=tmp_path))
    assert text[1:3] == ["Vår kommun", "Dnr 3.1-0420/2013 i ärendet"]
    assert "Sammanfattning" not in text
    assert f"{TITLES_2013['S-IMPL']}: Förvaltningen föreslår att projektet får {kronor(770_000)} för 2013." in text


@pytest.mark.parametrize(
    ("form", "lines", "told"),
    [
        (MEMO, LEAST[1:], ["saknar {{förslag till beslut}} (beslutet punkt för punkt)"]),
        (MEMO, LEAST[:2], ["saknar {{varje ärende}}"]),
        (MEMO, (*LEAST[:3], "{{förslag}}", "{{slut}}"), ["saknar {{namn}} (vad projektet heter) mellan"]),
        (MEMO, LEAST[:4], ["{{varje ärende}} saknar sitt {{slut}}"]),
        (MEMO, (*LEAST, "{{diarenummer}}"), ["{{diarenummer}} är inget fält; menar du {{diarienummer}}?"]),
        (MEMO, (*LEAST, "Se {{utrymmestabell}}"), ["{{utrymmestabell}} ska stå ensamt på sin rad"]),
        (MEMO, (*LEAST, "{{syfte}}"), ["{{syfte}} gäller ett ärende"]),
        (
            MINUTES,
            ("{{dag}}", "{{närvarande}}", "{{beslut}}", "{{tabell}}"),
            ["{{jävsanmälningar}}", "{{avvikande mening}}"],
        ),
        (LETTER, ("{{namn}}",), ["{{mottagare}}", "{{beslut}}", "{{beslutsdag}}"]),
    ],
)
def test_a_template_that_lacks_something_is_told_what(form: Any, lines: tuple[str, ...], told: list[str]) -> None:
    found = " ".join(faults(form, template(*lines)))
    assert all(part in found for part in told), found


def test_a_template_with_faults_is_refused_with_all_of_them(documents: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "tjansteutlatande.docx").write_bytes(template("{{förslaget}}"))
    with pytest.raises(Refused) as refused:
        render("memo", documents, PAPER, templates=tmp_path)
    assert str(refused.value).startswith("Mallen tjansteutlatande.docx går inte att använda. Den saknar ")
    assert "{{förslaget}} är inget fält" in str(refused.value)


def test_a_file_that_is_no_word_document_is_told_so() -> None:
    assert faults(MEMO, b"%PDF-1.7") == (
        "Mallen tjansteutlatande.docx går inte att läsa. Spara den som Word-dokument (.docx).",
    )


def test_what_a_template_leaves_out_is_listed() -> None:
    assert {"bakgrund", "sammanfattning", "syfte"} <= set(left_out(MEMO, template(*LEAST)))


def test_a_field_may_stand_in_a_header_a_table_or_a_text_and_what_is_empty_is_left_out(
    documents: Snapshot, tmp_path: Path
) -> None:
    document = Document(BytesIO(template("{{rubrik}}", *LEAST[:3])))
    document.add_heading("{{namn}}", 2)
    table = document.add_table(3, 2)
    for row, texts in zip(
        table.rows, [("Utförs av", "{{utförare}}"), ("Tid", "{{tid}}"), ("", "{{förslag}}")], strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("{{slut}}")
    document.add_heading("Bakgrund", 1)
    document.add_paragraph("{{bakgrund}}")
    document.sections[0].header.paragraphs[0].text = "Dnr {{diarienummer}}"
    document.save(str(tmp_path / "tjansteutlatande.docx"))
    text = word(render("memo", documents, replace(PAPER, background=None), templates=tmp_path))
    assert text[0] == "Dnr 3.1-0420/2013"
    start = text.index(TITLES_2013["S-SKOLA"], text.index("Lokala utvecklingsmedel 2014"))
    assert text[start + 1 : start + 5] == [
        "Tid", "2014 (Pilotprojekten pågår hela 2014)", "",
        f"Förvaltningen föreslår att medel avsätts för projektet i 2014 års budget ({OPEN})."
    ]  # fmt: skip
    assert "Bakgrund" not in text


# --- Any snapshot ---------------------------------------------------------------------------------------------

TITLES = st.one_of(
    st.sampled_from(
        ["=1+1", "{{namn}}", "{{tabell}}", "{{slut}}", "<w:p/>&amp;", "_x000A_", "a\nb\tc", "\x00\ud800", "@SUM(A1)",
         '"; DROP', "x" * 400, " "]
    ),
    st.text(max_size=20),
)  # fmt: skip
AMOUNTS = st.integers(0, 9_999_999_999)
ASKED = st.one_of(st.none(), st.just(Decimal("7.50")))
CONDITIONS = st.one_of(st.none(), st.none(), TITLES)
LINES = st.one_of(
    st.builds(Line, st.integers(2013, 2016), st.just("grant"), AMOUNTS, CONDITIONS),
    st.builds(Line, st.integers(2013, 2016), st.just("reserve"), st.one_of(st.none(), AMOUNTS), CONDITIONS),
)


HOSTILE = {
    "=1+1": "=1+1", "{{namn}}": "{{namn}}", "{{tabell}}": "{{tabell}}", "{{slut}}": "{{slut}}",
    "<w:p/>&amp;": "<w:p/>&amp;", "a\nb\tc": "a b c", "\x00\ud800": "Utan namn", "@SUM(A1)": "@SUM(A1)",
    " ": "Utan namn",
}  # fmt: skip


def test_hostile_titles_are_text_in_every_paper() -> None:
    shot = snapshot(
        [
            Matter(number, None, f"P{number}", name, purpose=name, lines=(Line(2013, "grant", number),))
            for number, name in enumerate(HOSTILE, 1)
        ],
        {2013: 100},
        meeting=Held("M", "Möte", None, None, None),
    )
    wanted = list(HOSTILE.values())
    memo = render("memo", shot, PAPER)
    assert [row["Ärende"] for row in word_table(memo, "Ärende")] == [*wanted, "Summa"]
    assert len(Document(BytesIO(memo)).tables) == 2
    cells = openpyxl.load_workbook(BytesIO(render("annex", shot, PAPER)))["Ärenden"]["B"]
    assert [(cell.value, cell.data_type) for cell in cells[1:-1]] == [(name, "s") for name in wanted]
    assert [slide[0] for slide in slides(render("slides", shot, PAPER))[1:]] == wanted
    found = letters(render("letters", shot, PAPER, ruled(shot)))
    assert [text[text.index("Beslut om FoU-medel") + 1] for text in found.values()] == [f"Projekt: {n}" for n in wanted]


@st.composite
def snapshots(draw: Any) -> Snapshot:
    matters = []
    for number in range(draw(st.integers(1, 6))):
        lines = draw(st.lists(LINES, max_size=4, unique_by=lambda line: line.year))
        call = draw(st.integers(0, 4)) == 0
        if call:
            lines = [line for line in lines if line.choice == "reserve"]
        elif not lines and draw(st.booleans()):
            lines = [Line(2013, "out")]
        matters.append(
            Matter(
                None if call else number + 1, number + 1 if call else None, f"P{number}", draw(TITLES),
                performer=draw(TITLES), purpose=draw(TITLES), requested=(YearAmount(2013, draw(ASKED)),),
                lines=tuple(sorted(lines, key=lambda line: line.year)),
            )
        )  # fmt: skip
    frames = {number: draw(st.one_of(st.none(), AMOUNTS)) for number in range(2013, 2017)}
    return snapshot(
        matters, frames, meeting=Held("M", draw(TITLES), None, None, draw(TITLES)), organisation=draw(TITLES)
    )


def plain(text: str) -> int:
    return int(text.partition(" och ")[0].replace(" ", "").replace("−", "-"))


@given(snapshots())
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
def test_the_papers_sums_are_the_snapshots_and_no_title_changes_a_document(shot: Snapshot) -> None:
    said = [one for one in shot.matters if one.lines]
    wanted: dict[str, int | str] = {}
    for one in said:
        for line in one.lines:
            if line.choice == "out":
                continue
            words = {"grant": "Beviljas", "reserve": "Avsätts"}[line.choice]
            head = f"{words} {line.year}{'' if line.condition is None else ' på villkor'} kr"
            held = wanted.get(head, OPEN)
            wanted[head] = held if line.amount is None else line.amount + (held if isinstance(held, int) else 0)
    annex = render("annex", shot, PAPER)
    total = sheet(annex, "Ärenden")[-1]
    heads = {head for head in total if re.match("(Beviljas|Avsätts) ", head)}
    assert {head: total[head] for head in heads} == wanted
    for left in (one for one in shot.years if one.free_after is not None):
        assert sheet(annex, "Utrymme")[-1][f"{left.year} kr"] == left.free_after
    assert len(slides(render("slides", shot, PAPER))) == 1 + len(shot.matters)
    if said:
        memo = render("memo", shot, PAPER)
        found = word_table(memo, "Ärende")
        assert len(found) == len(said) + bool(heads)
        last = {f"{head} kr": cell for head, cell in found[-1].items()}
        assert {head: last[head] if last[head] == OPEN else plain(last[head]) for head in heads} == wanted
    else:
        with pytest.raises(Refused):
            render("memo", shot, PAPER)
    if any(one.call is None for one in said):
        assert len(letters(render("letters", shot, PAPER, ruled(shot)))) == sum(one.call is None for one in said)


def test_each_paper_has_a_name_of_its_own(documents: Snapshot) -> None:
    assert [file_name(paper, documents) for paper in PAPERS] == [
        "tjansteutlatande-r-2013-1-2013-10-17.docx", "protokollsutdrag-r-2013-1-2013-10-17.docx",
        "bilaga-r-2013-1-2013-10-17.xlsx", "bilder-r-2013-1-2013-10-17.pptx", "beslutsbrev-r-2013-1-2013-10-17.zip",
    ]  # fmt: skip
    assert file_name("memo", documents, ruled(documents)) == "beslut-r-2013-1-2013-12-10.docx"


def test_what_goes_beyond_what_is_set_aside_or_hangs_on_a_condition_is_said_with_what_is_missing() -> None:
    granted = Matter(1, None, "P1", "Ett", lines=(Line(2013, "grant", 309_000), Line(2014, "grant", 450_000, "om")))
    moved = Matter(
        2, None, "P2", "Två", requested=(), reserved=(YearAmount(2014, Decimal(1_000_000)),),
        lines=(Line(2014, "reserve", None),),
    )  # fmt: skip
    out = [Matter(n, None, f"P{n}", f"Nej {n}", lines=(Line(2013, "out"),)) for n in range(3, 7)]
    shot = snapshot([granted, moved, *out], {2013: 8_800_000, 2014: None}, call_code="U", call_name="Utlysningen")
    first, second = shot.years
    shot = replace(
        shot, years=(replace(first, pot=Decimal(270_000), pot_left=Decimal(0)),
                     replace(second, pot=Decimal(127_000), pot_left=Decimal(127_000))),
    )  # fmt: skip
    wanted = [
        f"För utlysningen är {kronor(270_000)} avsatt 2013. Förslaget ger 39 000 kr mer än det avsatta, ur det fria.",
        f"För 2014 gäller {kronor(450_000)} på villkor. Det ingår inte i det som är beviljat. Uppfylls villkoret "
        "fattas 323 000 kr av det som är avsatt till utlysningen.",
        f"Avsatt till Två (P2) för 2014 ändras från 1 000 000 kr till {OPEN}.",
    ]
    assert [spaced(one) for one in cautions(shot)] == wanted
    memo = word(render("memo", shot, PAPER))
    assert [one for one in wanted if one not in memo] == []
    assert "Socialnämnden avslår 4 ärenden: Nej 3, Nej 4, Nej 5 och Nej 6." in memo


def test_what_gets_less_than_it_can_do_with_is_said() -> None:
    shot = snapshot(
        [
            Matter(1, None, "P1", "Ett", least=400_000, lines=(Line(2013, "grant", 53_000), Line(2014, "reserve", 7))),
            Matter(2, None, "P2", "Två", least=100, lines=(Line(2013, "grant", 100),)),
            Matter(3, None, "P3", "Tre", least=100, lines=(Line(2013, "grant", 1), Line(2014, "reserve", None))),
            Matter(4, None, "P4", "Fyra", least=100, lines=(Line(2013, "out"),)),
        ],
        {2013: 8_800_000, 2014: None},
    )
    assert [spaced(one) for one in cautions(shot)] == ["Ett (P1) får 53 007 kr, men klarar sig med minst 400 000 kr."]


def test_a_rejection_leaves_what_was_set_aside_as_it_was() -> None:
    before = Matter(
        1, None, "P1", "Ett", reserved=(YearAmount(2013, Decimal(1_000)),), lines=(Line(2013, "grant", 1_000),)
    )  # fmt: skip
    shot = snapshot([before], {2013: 8_800_000})
    out = Decided(1, None, (DecidedMatter(1, None, "P1", "Ett", (Carried(Line(2013, "out")),)),))
    ruling = Ruling("Nämnden", date(2013, 12, 1), "SN 1", out)
    gone = "Det som är avsatt till Ett (P1) för 2013, 1 000 kr, tas bort."
    assert gone in word(render("memo", shot, PAPER, ruling))
    memo = word(render("memo", shot, PAPER, replace(ruling, rejected=True)))
    assert gone not in memo
    assert any(line.endswith("Nämnden avslog rådets förslag och gav inga medel.") for line in memo)


def test_the_first_slide_holds_what_is_on_it(documents: Snapshot) -> None:
    many = [
        Matter(n, None, f"P{n}", f"Ett projekt med ett ganska långt namn som tar mer än en rad på bilden, nummer {n}",
               lines=(Line(2013, "grant", 100_000, f"under förutsättning att lägesrapport {n} godkänns"),))
        for n in range(1, 15)
    ]  # fmt: skip
    for shot in (documents, snapshot(many, {2013: 5_000_000})):
        deck = Presentation(BytesIO(render("slides", shot, replace(PAPER, hash=freeze(shot).hash))))
        box = deck.slides[0].shapes[1]
        lines = [one for one in box.text_frame.paragraphs if one.text]
        size = lines[0].runs[0].font.size.pt
        rows = sum(1 + int(len(one.text) * size * 0.5 / box.width.pt) for one in lines)
        assert size >= 14
        assert rows * size * 1.2 + len(lines) * 6 <= Emu(deck.slides[0].shapes[2].top - box.top).pt
        assert all(one.text in deck.slides[0].notes_slide.notes_text_frame.text for one in lines[1:-1])
