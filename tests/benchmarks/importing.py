"""Importing measured: a messy budget and a Swecris export against pandas and DuckDB only reading the same file."""

from __future__ import annotations

import csv
import gc
import io
import random
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import xlsxwriter

from fou.access import Person, Role
from fou.demo.load import load_documents
from fou.imports.drafts import Drafts, folder_of
from fou.imports.examining import examine
from fou.imports.files.limited import read_file
from fou.imports.posting import post
from fou.imports.template.writing import write_template
from fou.store import Database
from tests.benchmarks.budget import template_tables
from tests.benchmarks.serving import ROOT, Served, reruns_ms, serving

ME = Person("Handläggare", Role.ADMIN)
#: How many times each is timed; the best counts, for what disturbs on a shared machine only ever adds.
TIMES = 3
_CHOICES = {"sheets": {"Uppföljning": {"funder": "Stockholms stad, socialnämnden"}}}


def measure(folder: Path) -> None:
    """Measure and print."""
    _template(folder)
    messy, swecris = folder / "uppfoljning.xlsx", folder / "swecris.csv"
    write_messy(messy, 20_000)
    write_swecris(swecris, 6_500, 25_000_000)
    _messy(messy, folder)
    _swecris(swecris)
    _others(folder, messy, swecris)


def write_messy(path: Path, rows: int) -> None:
    """A follow-up as an economy system makes it: titles, heads in row 6, some units as text, a year a row, a total."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Uppföljning")
    for row, text in enumerate(("Socialförvaltningen", "Uppföljning av FoU-medel", "Belopp i tkr exkl. moms")):
        sheet.write_string(row, 0, text)
    heads = (
        "Område", "Projektnr", "Projekt", "År", "Ansvarig", "Sökt", "Beviljat", "Utbetalt", "Utfall", "Prognos",
        "Avvikelse", "Anmärkning",
    )  # fmt: skip
    sheet.write_row(5, 0, heads)
    chance = random.Random(1)
    sums = [0, 0, 0, 0, 0]
    for number in range(rows):
        project, year = divmod(number, 5)
        amounts = [chance.randrange(50, 2_000) for _ in range(5)]
        row = 6 + number
        sheet.write_string(row, 0, f"Område {project % 12}")
        sheet.write_string(row, 1, f"{4000 + project}-F")
        sheet.write_string(row, 2, f"Projekt nummer {project}")
        sheet.write_number(row, 3, 2020 + year)
        sheet.write_string(row, 4, f"Ledare {project % 300}")
        for column, amount in enumerate(amounts):
            if column == 4 and number % 50 == 0:
                sheet.write_string(row, 5 + column, "ej fastställt")
                continue
            sums[column] += amount
            if number % 9 == column:
                sheet.write_string(row, 5 + column, f"{amount:,} tkr".replace(",", "\u00a0"))
            else:
                sheet.write_number(row, 5 + column, amount)
        sheet.write_formula(row, 10, f"=G{row + 1}-I{row + 1}", None, amounts[1] - amounts[3])
        if number % 7 == 0:
            sheet.write_string(row, 11, "se ärendet")
    sheet.write_string(rows + 6, 0, "Totalt")
    for column, total in enumerate(sums):
        letter = "FGHIJ"[column]
        sheet.write_formula(rows + 6, 5 + column, f"=SUM({letter}7:{letter}{rows + 6})", None, total)
    book.close()


def write_swecris(path: Path, rows: int, size: int) -> None:
    """An export of so many rows and about so many bytes, with long abstracts, some of them in several lines.

    As in a real one, fields have quotation marks only where they need them, which is in two rows of three.
    """
    heads = [
        "ProjectId",
        "ProjectTitleSv",
        "ProjectTitleEn",
        "ProjectAbstractSv",
        "ProjectAbstractEn",
        "ProjectStartDate",
        "ProjectEndDate",
        "CoordinatingOrganisationId",
        "CoordinatingOrganisationNameSv",
        "CoordinatingOrganisationNameEn",
        "CoordinatingOrganisationTypeOfOrganisationSv",
        "CoordinatingOrganisationTypeOfOrganisationEn",
        "FundingOrganisationId",
        "FundingOrganisationNameSv",
        "FundingOrganisationNameEn",
        "FundingOrganisationTypeOfOrganisationSv",
        "FundingOrganisationTypeOfOrganisationEn",
        "FundingsSek",
        "FundingYear",
        "FundingStartDate",
        "FundingEndDate",
        "TypeOfAwardId",
        "TypeOfAwardDescrSv",
        "TypeOfAwardDescrEn",
        "UpdatedDate",
        "LoadedDate",
        "InvolvedPeople",
        "Scbs",
    ]
    chance = random.Random(2)
    words = ["barn", "vård", "stöd", "metod", "familj", "samverkan", "insats", "utvärdering", "socialtjänst", "unga"]
    length = (size // rows - 700) // 2
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    for number in range(rows):
        abstract = " ".join(chance.choices(words, k=length // 7))
        year = 2008 + number % 15
        writer.writerow([
            f"{year}-{number:05}_Forte", f"Studie {number} om {chance.choice(words)}", f"Study {number}", abstract,
            abstract[::-1] + ("; och mer" if number % 3 else "\nny rad" if number % 10 == 0 else ""),
            f"{year}-01-01 12:00:00",
            f"{year + 3}-12-31 12:00:00", "202100-2932", "Uppsala universitet", "Uppsala University", "Universitet",
            "University", "202100-5240", "Forte", "Forte", "Stat, regioner, kommuner, församlingar", "Governmental",
            str(1_000_000 + number), str(year), f"{year}-01-01 12:00:00", f"{year + 2}-12-31 12:00:00", "1",
            "Projektbidrag", "Project grant", "", "11/19/2024 16:11:07",
            f"¤¤¤{number}¤Anna Andersson¤¤Principal Investigator¤Projektledare¤Female",
            "¤¤¤ 5: Samhällsvetenskap, Social sciences, 504: Sociologi, Sociology",
        ])  # fmt: skip
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())


def _best(work: Callable[[], object], times: int = TIMES) -> float:
    found = []
    for _ in range(times):
        gc.collect()
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def _template(folder: Path) -> None:
    path = folder / "budget.xlsx"
    write_template(path, template_tables(20_000))
    _against_pandas("20 000 lines of the template", path, folder / "template.duckdb", {})


def _messy(path: Path, folder: Path) -> None:
    _against_pandas("a messy budget of 20 000 rows and 12 columns", path, folder / "messy.duckdb", _CHOICES)


def _against_pandas(what: str, path: Path, target: Path, choices: dict[str, object]) -> None:
    """Read, understood, checked, compared and posted, each time into a new database, against pandas only reading."""
    reading, checking, posting = [], [], []
    for _ in range(TIMES):
        reading.append(_best(lambda: pd.read_excel(path, sheet_name=None, engine="openpyxl"), 1))
        target.unlink(missing_ok=True)
        database = Database.open(target)
        load_documents(database, ME)
        gc.collect()
        started = time.perf_counter()
        examined = examine(database, path, path.name, choices)
        middle = time.perf_counter()
        batch = post(database, ME, examined)
        posting.append(time.perf_counter() - middle)
        checking.append(middle - started)
        assert batch is not None
        database.close()
    whole = min(a + b for a, b in zip(checking, posting, strict=True))
    data = path.read_bytes()
    alone = _best(lambda: read_file(data, path.name))
    print(f"\nImport of {what}, seconds (the best of {TIMES})")
    print(f"  pandas.read_excel, only to read             {min(reading):6.2f}")
    print(f"  Fou, only to read (a process of its own)    {alone:6.2f}  ({alone / min(reading):.2f} of pandas)")
    print(f"  Fou, read, understand, check and compare    {min(checking):6.2f}")
    print(f"  Fou, post                                   {min(posting):6.2f}")
    print(f"  Fou in all                                  {whole:6.2f}  ({whole / min(reading):.2f} of pandas)")


def _swecris(path: Path) -> None:
    data = path.read_bytes()

    def by_duckdb() -> None:
        with duckdb.connect() as connection:
            connection.execute(
                f"SELECT * FROM read_csv('{path}', all_varchar=true, delim=';', quote='\"', header=true, "
                "parallel=false, max_line_size=10000000)"
            ).fetchall()

    duck, fou = [], []
    for _ in range(TIMES):
        duck.append(_best(by_duckdb, 1))
        fou.append(_best(lambda: read_file(data, path.name), 1))
    print(f"\nSwecris, {len(data) / 1e6:.0f} MB and 6 500 rows, seconds (the best of {TIMES})")
    print(f"  DuckDB read_csv, all columns as text        {min(duck):6.2f}")
    print(f"  Fou (a process of its own)                  {min(fou):6.2f}  ({min(fou) / min(duck):.2f} of DuckDB)")


def _others(folder: Path, messy: Path, swecris: Path) -> None:
    """How another session's reruns fare while the server imports a file over and over."""
    database = folder / "others.duckdb"
    opened = Database.open(database)
    load_documents(opened, ME)
    opened.close()
    drafts = Drafts(folder_of(database))
    ids = {}
    for what, path in (("the messy budget", messy), ("Swecris", swecris)):
        draft = drafts.start(ME, path.name, path.read_bytes())
        draft.step = 3
        draft.choices = dict(_CHOICES) if path == messy else {}
        drafts.save(draft)
        ids[what] = draft.id
    print("\nAnother session's reruns of Portfölj, ms (p50 / p95)")
    with serving(ROOT / "app.py", database) as server:
        alone = reruns_ms(server, "portfolj", 200)
        usual = _p95(alone)
        print(f"  alone                                  {statistics.median(alone):7.1f} {usual:7.1f}")
        for what, id in ids.items():
            found = _while_importing(server, f"import?fil={id}")
            print(
                f"  while {what:<32} {statistics.median(found):7.1f} {_p95(found):7.1f}  ({_p95(found) / usual:.1f} x)"
            )


def _while_importing(server: Served, page: str) -> list[float]:
    """The reruns of a session beside one that opens an import in a new session again and again."""
    stop = threading.Event()

    def import_on() -> None:
        while not stop.is_set():
            reruns_ms(server, page, 1)

    importing = threading.Thread(target=import_on)
    importing.start()
    try:
        return reruns_ms(server, "portfolj", 300)
    finally:
        stop.set()
        importing.join()


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]
