"""A portfolio in which every text that anybody can write tries to be something else than text."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from fou import deciding
from fou.access import Action, Person, Role
from fou.deciding import Minutes
from fou.demo.load import load_example
from fou.model import (
    RECORDS,
    Account,
    Alias,
    Attendance,
    Entry,
    ImportLayout,
    Kind,
    Meeting,
    PlanVersion,
    Project,
    Record,
    Scenario,
    ScenarioLine,
    Setting,
    as_dict,
)
from fou.store import Database

#: Where a text of ours must never lead.
ELSEWHERE = "elsewhere.example"
#: What is put around the name of each field.
ATTEMPTS = (
    f"<script src=//{ELSEWHERE}/1.js></script><img src=//{ELSEWHERE}/2.png onerror=alert(2)><b class=evil>{{}}</b>",
    f"</textarea></style></title><svg onload=alert(3)><iframe class=evil src=//{ELSEWHERE}/3></iframe>{{}}",
    f"![{{}}](//{ELSEWHERE}/4.png) [länk](javascript:alert(4)) [länk](//{ELSEWHERE}/5) **evil** `kod`",
    "$\\href{{javascript:alert(6)}}{{x}}$ :red-background[{}] :material/delete: # evil",
    '"><a class=evil href="javascript:alert(7)">{}</a><style>*{{display:none}}</style> \u202e| a | b |',
)
#: Texts that are not anybody's: codes by which records are found, words of a fixed list, dates.
NOT_FREE = {
    "code", "kind", "kinds", "state", "role", "outcome", "starts", "ends", "published", "record", "choices", "provider",
    "cost_type", "payer", "choice", "verdict", "frozen", "apart", "hash", "setting.name",
}  # fmt: skip
ADMIN = Person("Anna", Role.ADMIN)


def mark(table: str, field: str) -> str:
    """What tells, wherever it turns up, in which field it was written: letters only, for signs may be escaped."""
    return f"X{table}X{field}X".replace("_", "")


def marked(table: str, field: str, attempt: int) -> str:
    """One of the attempts, with its mark."""
    return ATTEMPTS[attempt % len(ATTEMPTS)].format(mark(table, field))


def texts(record: type[Record]) -> list[str]:
    """The fields of a record in which anything can be written."""
    free = [f.name for f in fields(record) if "str" in str(f.type)]
    return [name for name in free if not {name, f"{record.TABLE}.{name}"} & NOT_FREE]


def fill(file: Path) -> None:
    """Make the database: the invented municipality, with each of its texts replaced."""
    database = Database.open(file)
    load_example(database, ADMIN)
    somebody = replace(ADMIN, name=marked("batch", "actor", 0))
    with database.write(somebody, Action.EDIT, marked("batch", "note", 2)) as work:
        for record, row in {
            PlanVersion: {"year": 2024, "number": 1, "head": 1},
            Alias: {"record": "funder", "label": "", "funder": 1},
            ImportLayout: {"signature": "", "name": "", "choices": "{}"},
            Account: {"provider": "entra", "subject": "", "member": 1, "email": ""},
        }.items():
            work.create_many(record, [row])
        for record in RECORDS:
            pairs = [
                (as_dict(row), {**as_dict(row), **_other(row, number)})
                for number, row in enumerate(work.records(record))
                if record is not Setting or row.name == "organisation"
            ]
            work.replace_many(record, pairs, [marked("change", "source", number) for number in range(len(pairs))])
        granted = work.records(Project, "WHERE id IN (SELECT project FROM entry WHERE kind = 'granted') LIMIT 3")
        work.post(
            Entry(
                Kind.GRANTED, 2024, 1, project.id, area=project.area, amount=Decimal(1000),
                condition=marked("entry", "condition", at), source=marked("entry", "source", at + 1),
                document=marked("entry", "document", at + 2),
            )
            for at, project in enumerate(granted)
        )  # fmt: skip
    _decided(database)
    database.close()


def _decided(database: Database) -> None:
    """A recommendation made at a meeting, and the board's decision on it, frozen with such texts."""
    with database.write(ADMIN, Action.EDIT, "Mötet") as work:
        (project,) = work.records(Project, "WHERE code = 'EX26-002'")
        about = {"year": 2026, "code": "2026-X"}
        scenario = work.create(
            Scenario, **about, name=marked("scenario", "name", 0), note=marked("scenario", "note", 1)
        )
        work.create(
            ScenarioLine, scenario=scenario, project=project.id, year=2028, choice="reserve",
            condition=marked("scenario_line", "condition", 2),
        )  # fmt: skip
        meeting = work.create(
            Meeting, **about, name=marked("meeting", "name", 3), state="closed", held=date(2026, 4, 1),
            place=marked("meeting", "place", 4), agenda=marked("meeting", "agenda", 0),
        )  # fmt: skip
        work.create(
            Attendance, meeting=meeting, name=marked("attendance", "name", 1), role="secretary", present=True
        )  # fmt: skip
    made = deciding.recommend(
        database, ADMIN, scenario, date(2026, 4, 1), meeting, marked("recommendation", "dissent", 2)
    )
    deciding.decide(
        database, ADMIN, made,
        Minutes(
            "approved", marked("resolution", "board", 3), date(2026, 5, 1), marked("resolution", "reference", 4),
            marked("resolution", "paragraph", 0), True, marked("resolution", "text", 1),
        ),
        date(2026, 6, 1),
    )  # fmt: skip


def _other(row: Record, number: int) -> dict[str, str]:
    # What a record is recognised by is told apart by a number of its own.
    return {
        name: marked(row.TABLE, name, number + at) + (f" {number}" if name in row.KEY else "")
        for at, name in enumerate(texts(type(row)))
    }
