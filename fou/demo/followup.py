"""Reports due, outputs and follow-ups of the invented projects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from fou.demo import names
from fou.demo.invent import SEED, TODAY, Invented, source
from fou.imports.template.tables import Table

#: What finished studies give beside the report: word for the kind, how its title begins.
_SHORT_OUTPUTS = (
    ("artikel", ""),
    ("podd", "Samtal: "),
    ("seminarium", "Spridningsseminarium: "),
    ("kunskapsöversikt", "Det här vet vi: "),
    ("forskningsnytt", "Kort om resultaten: "),
)


def reports(projects: list[Invented]) -> Table:
    """The sheet Rapporter: a status report, a financial report for each year, and a final one."""
    random = Random(SEED + 3)
    table: Table = []
    for project in projects:
        if not project.granted:
            continue
        for kind, due in _owed(project):
            received = _received(random, len(table), due)
            table.append({"Projekt": project.code, "Rapport": kind, "Ska lämnas": due, "Lämnad": received})
    return table


def _owed(project: Invented) -> Iterator[tuple[str, date]]:
    first, last = project.slot.first, project.slot.last
    if last > first:
        yield "lägesrapport", date(first + 1, 3, 31)
        for year in range(first, last + 1):
            yield "ekonomisk rapport", date(year + 1, 2, 28)
    yield "slutrapport", _after_three_months(project.ends)


def _after_three_months(day: date) -> date:
    """The last day of the third month after the day's."""
    month = day.year * 12 + day.month + 3
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _received(random: Random, number: int, due: date) -> date | None:
    """When a report came: mostly in time; every seventh is late and every nineteenth never comes."""
    if number % 19 == 11:
        return None
    late = random.randrange(6, 150) if number % 7 == 3 else -random.randrange(0, 25)
    received = due + timedelta(days=late)
    return received if received < TODAY else None


def outputs(projects: list[Invented]) -> Table:
    """The sheet Resultat: what finished projects gave, and seminars of those that run."""
    random = Random(SEED + 4)
    table: Table = []
    for project in projects:
        if not project.granted or project.starts.year >= TODAY.year:
            continue
        for position, (kind, title, published, note) in enumerate(_given(random, project), 1):
            table.append(
                {
                    "Projekt": project.code,
                    "Nr": position,
                    "Slag": kind,
                    "Titel": title,
                    "Publicerad": published,
                    "Anmärkning": note,
                    "Källa": source(f"resultat {project.code}"),
                }
            )
    return table


def _given(random: Random, project: Invented) -> Iterator[tuple[str, str, str, str | None]]:
    if not project.finished:
        if project.place % 2:
            day = date(TODAY.year, random.randrange(1, 10), random.randrange(1, 29))
            yield "seminarium", f"Halvvägs: {project.title}", f"{day}", "Öppet för alla enheter"
        return
    after = min(project.ends + timedelta(days=random.randrange(20, 200)), TODAY - timedelta(days=7))
    yield "rapport", f"Slutrapport. {project.title}", f"{after:%Y-%m}", None
    if project.slot.stage in ("study", "single"):
        kind, start = random.choice(_SHORT_OUTPUTS)
        yield kind, f"{start}{project.title}", f"{after.year}", None


def follow_ups(projects: list[Invented]) -> tuple[Table, Table]:
    """The sheets Uppföljningar and Uppföljningspunkter: two thirds of what is finished has one."""
    random = Random(SEED + 5)
    table: Table = []
    items: Table = []
    for project in projects:
        if not project.finished or project.slot.stage == "follow_up" or project.place % 3 == 0:
            continue
        code = f"UF-{len(table) + 1:03d}"
        said = source(f"uppföljning {code}")
        table.append(
            {
                "Kod": code,
                "Projekt": project.code,
                "Uppföljning": f"Vad gav projektet? {project.title}",
                "Utförare": "FoU-enheten",
                "Tid": f"våren {min(project.ends.year + 1, TODAY.year)}",
                "Metod": random.choice(names.FOLLOW_UP_METHODS),
                "Frågor": random.choice(names.FOLLOW_UP_QUESTIONS),
                "Källa": said,
            }
        )
        for kind, texts in names.FOLLOW_UP_ITEMS.items():
            for position, text in enumerate(random.sample(texts, random.choice((1, 2, 2))), 1):
                items.append({"Uppföljning": code, "Slag": kind, "Nr": position, "Text": text, "Källa": said})
    return table, items
