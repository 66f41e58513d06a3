"""The words of Swedish budget sheets: what a column's head, a title or a row's label says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from fou.imports.references import fold
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR
from fou.model import Kind


class Use(StrEnum):
    """What a column of a budget sheet is used for."""

    CODE = "code"
    TITLE = "title"
    AREA = "area"
    FUNDER = "funder"
    KIND = "kind"
    YEAR = "year"
    AMOUNT = "amount"
    TOTAL = "total"
    CONDITION = "condition"
    SOURCE = "source"
    LEAD = "lead"
    PERFORMER = "performer"
    REFERENCE = "reference"
    NOTHING = "nothing"


USE_NAMES = {
    Use.TITLE: "Projektets namn",
    Use.CODE: "Projektets kod",
    Use.AREA: "Område",
    Use.FUNDER: "Finansiär",
    Use.AMOUNT: "Belopp",
    Use.TOTAL: "Radens summa (kontrolleras)",
    Use.KIND: "Slag (budget, utfall …)",
    Use.YEAR: "År",
    Use.CONDITION: "Villkor",
    Use.SOURCE: "Källa",
    Use.LEAD: "Ansvarig",
    Use.PERFORMER: "Utförare",
    Use.REFERENCE: "Diarienummer",
    Use.NOTHING: "Läses inte",
}

#: How many kronor one of each unit is.
SCALES = {"kr": 1, "tkr": 1_000, "mnkr": 1_000_000, "mdkr": 1_000_000_000}


#: What may stand after an amount or a name to point to a footnote.
FOOTNOTE_MARKS = "* "


@dataclass(frozen=True, slots=True)
class Said:
    """What a head or title says; None where it says nothing. ``years`` holds every year that it names."""

    use: Use | None = None
    kind: Kind | None = None
    years: tuple[int, ...] = ()
    unit: str | None = None
    vat: str | None = None
    #: Whether the word for the kind leaves little doubt ("beviljat"), or could mean something else ("anslag").
    plain: bool = True
    #: Whether it speaks of a part of the year only ("ack. utfall").
    part: bool = False

    @property
    def year(self) -> int | None:
        """The year, when it names exactly one."""
        return self.years[0] if len(self.years) == 1 else None

    @property
    def is_amount(self) -> bool:
        """Whether a column with this head may hold amounts."""
        return self.use is Use.AMOUNT


_YEAR = re.compile(r"(?<![0-9.,])(?:19|20)[0-9]{2}(?![0-9])")
_SHORT = re.compile(
    r"(?:b|bu|budget|u|utf|utfall|p|pr|prognos|ram)\.? ?(?:['´’-])?(?:(?P<full>(?:19|20)[0-9]{2})|(?P<two>[1-4][0-9]))"
)
_SHORT_KINDS = {"b": Kind.PLANNED, "u": Kind.SPENT, "p": Kind.FORECAST, "r": Kind.FRAME}
_UNITS = [
    ("mdkr", re.compile(r"\b(?:mdkr|mdr(?: kr)?|miljarder(?: kr| kronor)?)\b")),
    ("mnkr", re.compile(r"\b(?:mnkr|mkr|msek|mn ?sek|miljon(?:er|tal)?(?: kr| kronor| sek)?|milj(?:\.? ?kr)?)\b")),
    ("tkr", re.compile(r"\b(?:tkr|kkr|ksek|tsek|t ?kr|tusen(?:tal)?(?: kr| kronor| sek)?)\b")),
    ("kr", re.compile(r"\b(?:kr|kronor|sek)\b")),
]
_WITH_VAT = re.compile(r"\b(?:inkl\.?|inklusive|med) ?(?:moms|mervärdesskatt)\b")
_WITHOUT_VAT = re.compile(r"\b(?:exkl\.?|exklusive|ex\.?|utan) ?(?:moms|mervärdesskatt)\b")
#: Heads of columns that hold no amounts of their own, whatever stands beside the word.
_NEVER_AMOUNTS = re.compile(
    r"\b(?:avvik\w*|diff\w*|förändring\w*|ändring\w*|andel\w*|procent|kvar\w*|återstå\w*|saldo|antal)\b|%"
)
#: An outcome that is not the whole year's.
_PART_OF_YEAR = re.compile(
    r"\b(?:ack\w*|t\.? ?o\.? ?m\.?|till och med|delår\w*|tertial\w*|kvartal\w*|[th]\d|q[1-4]|halvår\w*|"
    r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov)\w{0,6} ?[-–] ?(?:feb|mar|apr|maj|jun|jul|aug|sep|okt|nov)\w*)"
)
_NOT_AMOUNTS = re.compile(
    r"\b(?:anteckning\w*|anm|anmärkning\w*|kommentar\w*|notering\w*|not|noter|status|fas|prio\w*|period|tid|start\w*|"
    r"slut\w*|kontering|konto|ansvar|mål\w*|syfte|beskrivning|betalningsplan|uppdaterad)\b"
)
_KINDS: list[tuple[Kind, bool, re.Pattern[str]]] = [
    (Kind.RETURNED, True, re.compile(r"\båter(?:för|betal)\w*")),
    (Kind.PROPOSED, True, re.compile(r"\b(?:föreslag\w*|föreslå\w*|\w*förslag\w*|förord\w*)")),
    (Kind.FRAME, True, re.compile(r"\b(?:budget|fou|total|kostnads)?-?ram(?:en|ar)?\b")),
    (Kind.REQUESTED, True, re.compile(r"\b(?:an)?sökt\w*|\b(?:äsk\w+|begär\w+)|\bansökan\b")),
    (Kind.RESERVED, True, re.compile(r"\b(?:avsatt\w*|avsätt\w*|reserver\w+)")),
    (Kind.PAID, True, re.compile(r"\butbetal\w*|\butbet\b")),
    (Kind.PAID, False, re.compile(r"\brekvir\w*")),
    (Kind.FORECAST, True, re.compile(r"\b\w*prognos\w*")),
    (Kind.PLANNED, True, re.compile(r"\b\w*budget\w*")),
    (Kind.GRANTED, True, re.compile(r"\bbevilj\w*")),
    (Kind.GRANTED, False, re.compile(r"\b(?:beslutat|beslutad|beslutade|tilldel\w*|anvisa\w*)\b")),
    (Kind.SPENT, True, re.compile(r"\b(?:utfall\w*|bokslut\w*|upparbet\w*|förbruk\w*|bokför\w*|bokfört)")),
    (Kind.SPENT, False, re.compile(r"\b(?:redovis\w*|kostnad\w*|faktisk\w*|nedlag\w*)")),
    (Kind.PLANNED, True, re.compile(r"\b(?:fou-?)?plan(?:en|erat|erad|erade)?\b")),
    (Kind.FRAME, False, re.compile(r"\banslag\w*")),
]
_TOTAL_HEAD = re.compile(r"^(?:summa|totalt?|totalsumma|s:a|sum|tot)\b")
_AMOUNT_HEAD = re.compile(r"\b(?:belopp\w*|kronor|kr|tkr|kkr|mnkr|mkr|sek|ksek|msek|medel|summa|bidrag)\b")
_HEADS: list[tuple[Use, re.Pattern[str]]] = [
    (Use.REFERENCE, re.compile(r"^(?:dnr|diarie\w*|diarienr|ärendenummer|ärendenr)\b")),
    (Use.CODE, re.compile(
        r"^(?:kod|projekt-?(?: ?id|kod|nr|nummer)|projektets kod|nr|nummer|id|löpnr|löpnummer|proj\.?nr|p-?nr|"
        r"obj(?:ekt)?)\.?$"
    )),
    (Use.AREA, re.compile(
        r"^(?:(?:prioriterat|prioriterade|fou-?)? ?områden?|fokusområde|insatsområde|programområde|verksamhetsområde|"
        r"utvecklingsområde|målområde|delområde|kategori|tema)$"
    )),
    (Use.FUNDER, re.compile(
        r"^(?:finansiär(?:er)?|finansieras av|finansiering|finansieringskälla|bidragsgivare|anslagsgivare|medel från|"
        r"vems medel|vems pengar)$"
    )),
    (Use.KIND, re.compile(r"^(?:slag|typ av belopp|beloppstyp|typ|budget/utfall|post)$")),
    (Use.YEAR, re.compile(r"^(?:år|budgetår|årtal|bokslutsår|period \(år\)|kalenderår|verksamhetsår)$")),
    (Use.CONDITION, re.compile(r"^(?:villkor|förbehåll|förutsättning(?:ar)?)$")),
    (Use.SOURCE, re.compile(r"^(?:källa|källor|underlag|beslut|beslutsunderlag)$")),
    (Use.LEAD, re.compile(
        r"^(?:projektledare|ansvarig(?: forskare)?|forskningsledare|huvudsökande|kontakt(?:person)?|forskare|"
        r"handläggare)$"
    )),
    (Use.PERFORMER, re.compile(
        r"^(?:utförare|lärosäte|utförs av|genomförs av|organisation|samarbetspart\w*|enhet|sökande)$"
    )),
    (Use.TITLE, re.compile(
        r"^(?:fou-?)?(?:projekt(?:en|et)?|projekt(?:ets)?[ -]?(?:namn|titel|benämning)|benämning|namn|titel|rubrik|"
        r"insats(?:er)?|aktivitet(?:er)?|projekt/insats|insats/projekt|projekt och insatser|studie|uppdrag|ändamål|"
        r"verksamhet|område ?(?:/|och) ?projekt|projekt ?(?:/|och) ?område)$"
    )),
]  # fmt: skip


@lru_cache(maxsize=4096)
def says(text: str) -> Said:
    """What a head, or a title, says of kind, year, unit and VAT, and as a head of the column's use."""
    words = fold(text).replace("\u2011", "-").replace("\u2013", "-")
    years = _years(words)
    unit = unit_in(words)
    vat = "incl" if _WITH_VAT.search(words) else "excl" if _WITHOUT_VAT.search(words) else None
    bare = _bare(words)
    use = next((use for use, pattern in _HEADS if pattern.search(bare)), None)
    if use is not None:
        return Said(use, None, years, unit, vat)
    if short := _SHORT.fullmatch(words):
        year = int(short["full"] or f"20{short['two']}")
        whole = short["full"] is not None and words.startswith(("budget", "utfall", "prognos"))
        return Said(Use.AMOUNT, _SHORT_KINDS[words[0]], (year,), unit, vat, plain=whole)
    kind, plain = next(((kind, plain) for kind, plain, pattern in _KINDS if pattern.search(words)), (None, True))
    part = kind is not None and _PART_OF_YEAR.search(words) is not None
    if _NEVER_AMOUNTS.search(words) or (not kind and _NOT_AMOUNTS.search(words)):
        use = Use.NOTHING
    elif _TOTAL_HEAD.search(bare) and (len(years) != 1 or kind is None):
        use = Use.TOTAL
    elif kind is not None or _AMOUNT_HEAD.search(words) or (years and not bare):
        use = Use.AMOUNT
    return Said(use, kind, years, unit, vat, plain, part)


def unit_in(words: str) -> str | None:
    """The unit that folded words name, a key of SCALES."""
    return next((name for name, pattern in _UNITS if pattern.search(words)), None)


_SPAN = re.compile(r"(?<![0-9.,])((?:19|20)[0-9]{2}) ?[/–-] ?([0-9]{2})(?![0-9-])")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-3]?[0-9][ ./-](?:[01]?[0-9]|[a-zåäö]{3,9})\.?[ ./-](?:19|20)[0-9]{2}"
)


def _years(words: str) -> tuple[int, ...]:
    """Every year that is named; "2014/15" names two. A whole date counts only where no year stands alone."""
    alone = _DATE.sub(" ", words)
    found = [int(year) for year in (_YEAR.findall(alone) or _YEAR.findall(words))]
    for first, last in _SPAN.findall(alone):
        if int(last) == (int(first) + 1) % 100:
            found.append(int(first) + 1)
    return tuple(dict.fromkeys(year for year in found if FIRST_YEAR <= year <= LAST_YEAR))


def title_says(text: str) -> Said:
    """What a title says: as a head does, but a date in it is the day it was printed or decided, and no year."""
    return says(_DATE.sub(" ", fold(text)))


def _bare(words: str) -> str:
    """The head without years, units, VAT and brackets: "belopp (tkr)" → "belopp"."""
    for pattern in (_WITH_VAT, _WITHOUT_VAT, _YEAR, *(pattern for _, pattern in _UNITS)):
        words = pattern.sub(" ", words)
    return " ".join(re.sub(r"[()\[\]*:;,]|\bår\b(?=.)|\bi\b", " ", words).split()).strip(" -/.")


@lru_cache(maxsize=65536)
def without_years(text: str) -> str:
    """A head as it is recognised from one year to the next: "Budget 2014" → "budget #"."""
    return _YEAR.sub("#", fold(text))


# What a row's label says ------------------------------------------------------------------------------------

_TOTAL_ROW = re.compile(
    r"^(?:(?:del|slut|total)?summa\b|s:?a\b|total(?:t|a|en|er|sum|belopp|kostnad\w*)?\b|sum\b|summering\b|"
    r"samtliga projekt$|tot\.)"
)
_PART_ROW = re.compile(r"^-? ?(?:varav|därav)\b")
_FRAME_ROW = re.compile(
    r"^(?:(?:total|årets|tillgänglig|beslutad|fou|kommunens|nämndens)[ -]?)*(?:budget-?|fou-?|kostnads-?)?ram(?:en)?"
    r"(?: (?:för )?(?:år )?(?:(?:19|20)[0-9]{2}|fou|totalt))*$"
)
_REST_ROW = re.compile(
    r"^(?:\+? ?moms\b|mervärdesskatt|kvar\b|återstår\b|återstående\b|ofördela|ej fördela|att fördela|saldo\b|netto\b|"
    r"resultat\b|differens\b|avvikelse\b|under-?/?överskott|fritt utrymme)"
)
#: Few labels say anything of their row; the others are let go with one look.
_MAY_SAY = re.compile(
    r"summ|^s:?a\b|tot|^sum|moms|mervärd|samtliga|arav|ram|kvar|återst|fördela|saldo|netto|resultat|diff|avvik|skott|fritt"
)


class RowSays(StrEnum):
    """What a label says of its row."""

    TOTAL = "total"
    PART = "part"
    FRAME = "frame"
    REST = "rest"


@lru_cache(maxsize=65536)
def row_says(label: str) -> RowSays | None:
    """Whether the label is that of a sum, of a part of another row, of the frame, or of what is left."""
    words = fold(label).strip(" :*")
    if not _MAY_SAY.search(words):
        return None
    if _FRAME_ROW.search(words):
        return RowSays.FRAME
    if _WITH_VAT.search(words) and (_TOTAL_ROW.search(words) or _REST_ROW.search(words)):
        return RowSays.REST  # the sum with VAT added says nothing more
    if _TOTAL_ROW.search(words):
        return RowSays.TOTAL
    if _PART_ROW.search(words):
        return RowSays.PART
    return RowSays.REST if _REST_ROW.search(words) else None
