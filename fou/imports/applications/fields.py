"""What the form and the list ask for, in the words that they ask it: one description for writing and reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from fou.imports.references import fold
from fou.model import COST_TYPES


class Takes(StrEnum):
    """What is written in a field."""

    TEXT = "text"
    YES_NO = "yes_no"
    AREA = "area"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for.

    ``name`` is the field of ``fou.applications.Form``, or ``code``. ``other`` are words that say the same and that
    people write instead. ``lines`` is how high its box is. ``is_needed`` says that nothing can be assessed without it.
    """

    name: str
    label: str
    help: str
    takes: Takes = Takes.TEXT
    other: tuple[str, ...] = ()
    is_needed: bool = False
    lines: int = 1
    width: int = 20


TITLE = Field(
    "title", "Projektets namn", "Ett kort namn som säger vad projektet gäller.", is_needed=True, width=40,
    other=("projekt", "projektnamn", "projekttitel", "projektets titel", "titel", "namn på projektet", "benämning"),
)  # fmt: skip
CODE = Field(
    "code", "Kod", "Lämna tom för en ny ansökan. Koden säger vilken ansökan som kompletteras.",
    other=("ansökans kod", "ansökningskod"), width=14,
)  # fmt: skip
#: The sections of the form, in order, with what each asks for. The costs come before the last one.
SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "Projektet",
        (
            TITLE,
            Field(
                "summary", "Sammanfattning", "Vad ska ni göra, för vilka, hur, och vad ska det leda till?",
                is_needed=True, lines=8, width=60,
                other=("sammanfattning av projektet", "beskrivning", "projektbeskrivning", "beskrivning av projektet"),
            ),
            Field(
                "area", "Prioriterat område", "Välj ett område i listan.", Takes.AREA, is_needed=True, width=26,
                other=("område", "insatsområde", "fokusområde"),
            ),
            Field(
                "continuing", "Är projektet en fortsättning?", "ja om projektet har fått FoU-medel förut, annars nej.",
                Takes.YES_NO, ("fortsättning", "fortsättning på tidigare projekt", "nytt projekt eller fortsättning"),
            ),
            Field(
                "starts", "Projektet börjar", "År, månad eller dag, till exempel 2026, 2026-09 eller 2026-09-15.",
                Takes.PARTIAL_DATE, ("start", "startdatum", "börjar", "projektet startar", "projektstart"),
            ),
            Field(
                "ends", "Projektet slutar", "På samma sätt som när det börjar.",
                Takes.PARTIAL_DATE, ("slut", "slutdatum", "slutar", "projektet avslutas", "projektslut"),
            ),
        ),
    ),
    (
        "De som söker",
        (
            Field(
                "applicants", "Sökande", "Enheten som söker. Är ni flera: skriv alla, med komma emellan.",
                is_needed=True, width=40,
                other=("sökande enhet", "sökande enheter", "enheter som söker", "sökande förvaltning", "vilka söker"),
            ),
            Field(
                "joint", "Är ansökan gemensam?", "ja om flera enheter söker tillsammans, annars nej.", Takes.YES_NO,
                ("gemensam", "gemensam ansökan", "söker flera enheter tillsammans", "är det en gemensam ansökan"),
            ),
            Field(
                "performer", "Utförare", "Vem som gör arbetet, om det är någon annan än de som söker.", width=34,
                other=("utförs av", "vem utför arbetet"),
            ),
            Field(
                "lead", "Ansvarig för projektet", "Den som leder arbetet.", width=26,
                other=("ansvarig", "projektledare", "projektansvarig", "ansvarig forskare"),
            ),
            Field(
                "contact", "Kontakt", "Vem som svarar på frågor, med e-post eller telefon.", width=34,
                other=("kontaktperson", "kontaktuppgifter", "kontaktperson och e-post"),
            ),
        ),
    ),
    (
        "Fylls i av förvaltningen",
        (
            Field(
                "reference", "Diarienummer", "Ansökans nummer i diariet.",
                other=("dnr", "diarienr", "ärendenummer", "diarienummer (dnr)"),
            ),
            Field(
                "received", "Inkom", "Dagen då ansökan kom in.", Takes.DATE,
                ("inkommen", "inkom den", "ansökan inkom", "ansökan kom in", "inkommen den", "ankomstdatum"), width=14,
            ),
        ),
    ),
)  # fmt: skip
LEAST = Field(
    "least", "Lägsta belopp ni klarar er med", "Det minsta som räcker för att projektet ska bli av, i kronor.",
    Takes.AMOUNT, ("lägsta belopp", "minsta belopp", "lägsta belopp som räcker", "lägsta belopp, kr"), width=16,
)  # fmt: skip
OFFICE = SECTIONS[-1][0]
#: Every field of the form; the list has ``CODE`` besides.
FIELDS = (*(field for _, fields in SECTIONS[:-1] for field in fields), LEAST, *SECTIONS[-1][1])
BY_NAME = {field.name: field for field in (*FIELDS, CODE)}

#: The two cost tables, by key of PAYERS: the head, and other words for it.
TABLES = {
    "requested": ("Sökta medel", ("sökt", "sökt belopp", "vi söker", "ansökt belopp", "sökta fou-medel")),
    "co_funding": ("Medfinansiering", ("egen finansiering", "egen insats", "medfinansiering från andra")),
}
#: Other words for the types of cost.
_OTHER_COSTS = {
    "salaries": ("lön", "lönekostnader", "personal", "personalkostnader", "löner inklusive sociala avgifter"),
    "services": ("tjänster", "konsulter", "köp av tjänster", "köp av tjänst", "forskare", "handledning"),
    "travel": ("resa", "resor och logi", "resekostnader"),
    "premises": ("lokal", "lokaler", "utrustning", "lokalkostnader", "material och utrustning"),
    "dissemination": ("spridning av resultat", "resultatspridning", "kommunikation", "konferens"),
    "overhead": ("overhead", "oh", "indirekta kostnader", "omkostnader", "förvaltningsgemensamma kostnader"),
    "other": ("annat", "övriga kostnader", "övriga", "andra kostnader"),
}
_SUM = re.compile(r"^(?:summa|totalt?|tot|s:a|sum)\b")

#: What the workbooks are marked with, in a hidden sheet: which kind, of which version, for which call.
MARKS_SHEET = "Fou"
MARK_KIND, MARK_VERSION, MARK_CALL, MARK_CODE = "blad", "version", "utlysning", "ansökan"
FORM, LIST = "ansökningsblankett", "ansökningslista"
VERSION = 1
FORM_SHEET, CALL_SHEET, LIST_SHEET, HELP_SHEET = "Ansökan", "Om utlysningen", "Ansökningar", "Så fyller du i"
#: A label is found again when it is this much like one that is looked for (0–100).
ALIKE = 82.0
#: A longer text is no label.
LONGEST_LABEL = 80

_NUMBERED = re.compile(r"^(?:[0-9]{1,2}[.):]?|[a-h][.)])\s+(?=[a-zåäö])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """A label as it is compared: without numbering, brackets, stars, colons and what is about the unit."""
    folded = _BRACKETS.sub(" ", fold(text.split("\n")[0]))
    return _NUMBERED.sub("", folded).strip(" *:.?,;–-")


@lru_cache(maxsize=65_536)
def likeness(text: str, label: str) -> float:
    """0 to 100: how much a cell's text is like a label; both bare."""
    if text == label:
        return 100.0
    if not text or abs(len(text) - len(label)) > max(len(text), len(label)) / 2:
        return 0.0
    return max(fuzz.ratio(text, label), fuzz.token_sort_ratio(text, label) - 2) - 1


def best(text: str, names: Mapping[str, Iterable[str]]) -> tuple[str, float] | None:
    """The name whose words are most like the text, with how much; None when nothing is like it."""
    if len(text) > LONGEST_LABEL or not (plain := bare(text)):
        return None
    found = max(
        ((name, max(likeness(plain, bare(word)) for word in words)) for name, words in names.items()),
        key=lambda pair: pair[1],
    )
    return found if found[1] >= ALIKE else None


FIELD_WORDS = {field.name: (field.label, *field.other) for field in FIELDS}
LIST_WORDS = {field.name: (field.label, *field.other) for field in (CODE, *FIELDS)}
COST_WORDS = {key: (word, *_OTHER_COSTS[key]) for key, word in COST_TYPES.items()}
TABLE_WORDS = {key: (head, *other) for key, (head, other) in TABLES.items()}


def is_sum(text: str) -> bool:
    """Whether a label says that its row or column is a sum."""
    return _SUM.match(fold(text)) is not None
