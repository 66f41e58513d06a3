"""The invented municipality "Exempelkommunen" as tables of the budget template, at any size."""

from __future__ import annotations

from fou.demo import names
from fou.demo.amounts import budget
from fou.demo.assessment import assess, calls, costs, criteria, decisions, members
from fou.demo.council import attendance, meetings, scenarios
from fou.demo.followup import follow_ups, outputs, reports
from fou.demo.invent import (
    FIRST_PLAN,
    LAST_CLOSED,
    LAST_PLAN,
    LINK_WORDS,
    USUAL,
    Invented,
    Row,
    board_meeting,
    council_meeting,
    invent,
)
from fou.imports.template.layout import BUDGET_SHEET
from fou.imports.template.tables import Table


def example_tables(projects: int = USUAL) -> dict[str, Table]:
    """Sheet name → rows, with exactly ``projects`` projects; the same call gives the same tables.

    The plan years are 2019–2026 at every size, and money and rows grow with the number of projects.
    ValueError if ``projects`` is less than 1.
    """
    if projects < 1:
        raise ValueError(f"at least one project is needed, not {projects}")
    invented = invent(projects)
    lines = budget(invented)
    proposals, scores, conflicts = assess(invented, lines)
    tried, tried_lines = scenarios(invented, lines, proposals, scores, conflicts)
    followed, items = follow_ups(invented)
    return {
        "Om": [
            {"Uppgift": "organisation", "Värde": names.ORGANISATION},
            {"Uppgift": "påhittad", "Värde": "ja"},
        ],
        "Finansiärer": [
            {"Finansiär": name, "Slag": kind, "Anmärkning": note} for name, kind, note in names.FUNDERS.values()
        ],
        "Områden": _areas(),
        "Planer": _plans(),
        "Projekt": [_project(project) for project in invented],
        "Kopplingar": _links(invented),
        "Utlysningar": calls(),
        "Prioriteringsgrunder": criteria(),
        "Ledamöter": members(),
        "Ansökningar": proposals,
        "Kostnader": costs(invented, lines),
        "Bedömningar": scores,
        "Jäv": conflicts,
        "Scenarier": tried,
        "Scenariorader": tried_lines,
        "Möten": meetings(tried),
        "Närvaro": attendance(),
        "Beslut": decisions(invented),
        "Uppföljningar": followed,
        "Uppföljningspunkter": items,
        "Rapporter": reports(invented),
        "Resultat": outputs(invented),
        BUDGET_SHEET: lines,
    }


def _areas() -> Table:
    table: Table = []
    for area in names.AREAS:
        if area.name == names.OLD_AREA:
            table.append({
                "Område": names.OLD_AREA, "Första år": FIRST_PLAN, "Sista år": names.RENAMED_FROM - 1,
                "Ersätts av": names.NEW_AREA, "Beskrivning": area.description,
            })  # fmt: skip
            table.append({
                "Område": names.NEW_AREA, "Första år": names.RENAMED_FROM,
                "Beskrivning": f"{area.description} Hette tidigare {names.OLD_AREA}.",
            })  # fmt: skip
        else:
            table.append({"Område": area.name, "Första år": FIRST_PLAN, "Beskrivning": area.description})
    return table


def _plans() -> Table:
    return [
        {
            "År": year,
            "Plan": f"FoU-plan {year}",
            "Läge": "avslutad" if year <= LAST_CLOSED else "beslutad",
            "Nämnd": names.BOARD,
            "Beslutad": board_meeting(year).day,
            "Diarienummer": f"SN {year - 1}/{40 + year % 7:04d}",
            "Omedelbar justering": year % 3 == 0,
            "Beredning": f"{names.PLAN_PREPARATION[year % 2]} Rådets möte hölls {council_meeting(year).day}.",
            "Text": names.PLAN_TEXTS[year],
            "Källa": board_meeting(year).source,
        }
        for year in range(FIRST_PLAN, LAST_PLAN + 1)
    ]


def _project(project: Invented) -> Row:
    return {
        "Kod": project.code,
        "Projekt": project.title,
        "Område": project.area,
        "Sammanfattning": project.summary,
        "Ansvarig": project.lead,
        "Utförare": project.performer,
        "Värd": project.units[0],
        "Deltagande enheter": ", ".join(project.units),
        "Start": project.partial(project.starts),
        "Slut": project.partial(project.ends),
        "Om tiden": "Började före den första planen" if project.starts.year < FIRST_PLAN else None,
        "Ingår i": project.parent,
        "Bidragstyp": project.grant_type,
        "Nyckelord": project.keywords,
        "Diarienummer": project.reference,
        "Källa": project.source,
    }


def _links(projects: list[Invented]) -> Table:
    return [
        {
            "Tidigare projekt": project.previous[0],
            "Senare projekt": project.code,
            "Det tidigare är": LINK_WORDS[project.previous[1]],
            "Källa": project.source,
        }
        for project in projects
        if project.previous
    ]
