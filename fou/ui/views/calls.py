"""What Ansökningar shows of the calls themselves: the list, and what a call's head says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fou.access import Person
from fou.assessing import my_list
from fou.calls import NEXT, CallPage, CallRow, Sum, asked_in, call_page, calls, is_opened, total
from fou.charts.chart import Table
from fou.model import CALL_STATES, Call, Criterion
from fou.money import OPEN_TEXT, format_sek
from fou.scales import scale_of
from fou.store import Reader
from fou.swedish import count, format_date, join_words, percent

#: A scale that is not said.
_UNSAID = "ej vald"
KIND_WORDS: dict[str | None, str] = {
    None: "nya projekt och fortsättningar",
    "new": "bara nya projekt",
    "continuing": "bara fortsättningar",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A call in the list: what its dates and its figures say."""

    call: Call
    dates: str
    figures: str


@dataclass(frozen=True, slots=True)
class CallList:
    """The calls that are not decided, the next deadline first, and those that are, the latest first."""

    sentence: str
    current: tuple[Line, ...]
    decided: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What a member has left to judge in a call: boxes, in how many applications, of how many that are theirs."""

    boxes: int
    applications: int
    own: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a call: ``reached`` is 1 for those behind, 0 for the present one, −1 for those to come."""

    name: str
    when: str
    reached: int


@dataclass(frozen=True, slots=True)
class CallHead:
    """What stands at the head of a call."""

    page: CallPage
    sentence: str
    steps: tuple[Step, ...]
    ahead: str


def call_list(reader: Reader, unit: str, today: date) -> CallList:
    """The calls that the reader may see."""
    rows = calls(reader)
    current = [row for row in rows if row.call.state != "decided"]
    current.sort(key=lambda row: (_deadline(row.call), row.call.code))
    decided = [row for row in rows if row.call.state == "decided"]
    return CallList(
        sentence=_summary([row.call.state for row in rows]),
        current=tuple(
            Line(
                row.call,
                " ".join([*dates_text(row.call, today), ahead_text(row.call, today)]),
                figures_text(row, unit),
            )
            for row in current
        ),
        decided=tuple(Line(row.call, "", brief(row, unit)) for row in decided),
    )


def call_head(reader: Reader, code: str, unit: str, today: date) -> CallHead | None:
    """A call with what its head says of it; None when there is none with this code."""
    page = call_page(reader, code)
    if page is None:
        return None
    if page.call.state == "decided":
        row = next(row for row in calls(reader) if row.call.id == page.call.id)
    else:
        active = [one for one in page.applications if one.active]
        years = dict(page.money)
        row = CallRow(
            page.call, len(active), sum(bool(one.proposal.joint) for one in active),
            total(one.requested for one in active), total(asked_in(one, years) for one in active),
            total(years.values()) if years else None, tuple(sorted(years)), Sum(),
        )  # fmt: skip
    return CallHead(page, figures_text(row, unit), _steps(page.call), ahead_text(page.call, today))


def to_copy(reader: Reader) -> Call | None:
    """The latest call that has been opened, unless it has been copied: what next year's is most likely to be like."""
    found = reader.records(Call, "ORDER BY year DESC, id DESC")
    latest = next((call for call in found if call.state != "draft"), None)
    return latest if latest and not any(call.copied_from == latest.id for call in found) else None


def left_to_judge(reader: Reader, person: Person) -> dict[int, Left]:
    """What a member has left to judge in the calls under assessment, by the call's id. Empty for who is no member."""
    found = {}
    for row in reader.records(Call, "WHERE state = 'assessment'") if person.member is not None else ():
        mine = my_list(reader, person, row.id)
        if mine.may_save:
            own = [one for one in mine.rows if one.conflict is None]
            found[row.id] = Left(mine.left, sum(one.left > 0 for one in own), len(own))
    return found


def grounds_table(criteria: Collection[Criterion]) -> Table:
    """The grounds for priority with what they weigh and the values that they can be given."""
    scales = {one: scale_of(one) for one in criteria}
    whole = sum(one.weight for one in scales.values())
    guided = any(one.guidance for one in criteria)
    return Table(
        ("Prioriteringsgrund", "Vikt", "Andel", "Skala", *(("Vägledning",) if guided else ())),
        tuple(
            (
                one.name, str(scale.weight), percent(scale.weight, whole),
                _UNSAID if one.scale is None else f"{scale.lowest}–{scale.highest}",
                *((one.guidance,) if guided else ()),
            )
            for one, scale in scales.items()
        ),
    )  # fmt: skip


def facts_table(page: CallPage, unit: str) -> Table:
    """What is known of a call in short: whom it is for, its dates and its money by year."""
    call = page.call
    days = (
        ("Öppnar", call.opens), ("Sista ansökningsdag", call.closes), ("Bedöms senast", call.assessed),
        ("Beslut planerat", call.decides),
    )  # fmt: skip
    money = [(f"Att fördela {year}", said(one, unit)) for year, one in page.money]
    if len(money) > 1:
        money.append(("Att fördela i allt", said(total(one for _, one in page.money), unit)))
    return Table(
        ("Uppgift", "Innehåll"),
        (
            ("Kod", call.code), ("Budgetår", str(call.year)), ("Söks för", KIND_WORDS[call.kinds]),
            *((head, format_date(day) if day else "inte bestämt") for head, day in days),
            *(money or [("Att fördela", "inga pengar är avsatta än")]),
        ),
    )  # fmt: skip


def said(one: Sum, unit: str) -> str:
    """A sum in words: what is not set is never 0 kr."""
    if not one.open:
        return format_sek(one.amount, unit)
    return f"{format_sek(one.amount, unit)} och {OPEN_TEXT}" if one.amount else OPEN_TEXT


def years_text(years: Collection[int]) -> str:
    """``2026``, ``2026–2027`` or ``2026 och 2028``."""
    each = sorted(years)
    if len(each) > 1 and each[-1] - each[0] == len(each) - 1:
        return f"{each[0]}–{each[-1]}"
    return join_words([str(year) for year in each])


def figures_text(row: CallRow, unit: str) -> str:
    """How many have applied for how much, and what there is for them."""
    decided = row.call.state == "decided"
    if row.applications:
        joint = f" ({row.joint} {'gemensam' if row.joint == 1 else 'gemensamma'})" if row.joint else ""
        text = f"{count(row.applications, 'ansökan', 'ansökningar')}{joint} {'sökte' if decided else 'söker'} "
        text += said(row.requested, unit)
        if row.years and row.asked != row.requested:
            text += f", varav {said(row.asked, unit)} för {years_text(row.years)}"
        text += "."
    else:
        text = "Inga ansökningar finns i Fou." if decided else "Inga ansökningar än."
    if row.money is not None:
        text += f" {said(row.money, unit)} {'fanns' if decided else 'finns'} att fördela för {years_text(row.years)}"
        enough = row.asked.known and row.money.known is not None and row.money.known < row.asked.known
        text += f": {percent(row.money.known or 0, row.asked.known or 0)} av det sökta." if enough else "."
    elif row.call.state not in ("draft", "decided"):
        text += " Inga pengar är avsatta än."
    if decided and row.granted != Sum():
        text += f" {said(row.granted, unit)} är beviljat till projekten."
    elif decided and row.applications:
        text += " Inga beviljade belopp är inlagda."
    return text


def brief(row: CallRow, unit: str) -> str:
    """A decided call's figures as they stand in the list."""
    if not row.applications:
        return "inga ansökningar i Fou"
    granted = f"beviljat {said(row.granted, unit)}" if row.granted != Sum() else "inga beviljade belopp inlagda"
    return f"{count(row.applications, 'ansökan', 'ansökningar')}, sökte {said(row.requested, unit)}, {granted}"


def dates_text(call: Call, today: date) -> list[str]:
    """The dates of a call in a sentence, as what has been or what is to be; nothing when none is set."""
    parts = [
        f"{was if day < today else will} {format_date(day)}"
        for day, was, will in (
            (call.opens, "skulle öppna" if call.state == "draft" else "öppnade", "öppnar"),
            (call.closes, "sista ansökningsdag var", "sista ansökningsdag"),
            (call.assessed, "bedömningen skulle vara klar", "bedöms senast"),
            (call.decides, "skulle beslutas", "beslutas"),
        )
        if day is not None
    ]  # fmt: skip
    text = ", ".join(parts)
    return [f"{text[:1].upper()}{text[1:]}."] if text else []


def ahead_text(call: Call, today: date) -> str:
    """What happens next in a call, for everybody who reads of it."""
    match call.state:
        case "draft":
            return "Utlysningen förbereds och kan sökas när den har öppnats."
        case "open":
            if call.closes is None:
                return "Det går att söka nu."
            days = (call.closes - today).days
            if days < 0:
                return f"Ansökningstiden gick ut {format_date(call.closes)}. Utlysningen ska stängas."
            left = "i dag är sista dagen" if not days else f"{count(days, 'dag', 'dagar')} kvar"
            return f"Det går att söka till och med {format_date(call.closes)}: {left}."
        case "closed":
            return "Ansökningarna kontrolleras. När de är kompletta börjar rådets bedömning."
        case "assessment" if not is_opened(call):
            by = f", senast {format_date(call.assessed)}" if call.assessed else ""
            return f"Ledamöterna bedömer var för sig{by}. När ordföranden öppnar bedömningarna ser rådet rangordningen."
        case "assessment":
            when = f" Beslut är planerat till {format_date(call.decides)}." if call.decides else ""
            return f"Bedömningarna är öppnade, och rådet går igenom rangordningen.{when}"
        case _:
            return "Utlysningen är avslutad."


def _steps(call: Call) -> tuple[Step, ...]:
    order = (*NEXT, "decided")
    now = order.index(call.state)
    by = {
        "open": call.opens, "closed": call.closes, "assessment": call.assessed, "decided": call.decides,
    }  # fmt: skip
    before = {"assessment": "till "}
    return tuple(
        Step(
            CALL_STATES[state], f"{before.get(state, '')}{format_date(day)}" if (day := by.get(state)) else "",
            (now > at) - (now < at),
        )
        for at, state in enumerate(order)
    )  # fmt: skip


def _summary(states: list[str]) -> str:
    """How many calls are in each state: ``En utlysning är öppen och 8 är beslutade.``"""
    many = {"draft": "utkast", "open": "öppna", "closed": "stängda", "decided": "beslutade"}
    parts: list[str] = []
    for state in (*NEXT, "decided"):
        if number := states.count(state):
            what = ("utlysning" if number == 1 else "utlysningar") if not parts else ""
            which = CALL_STATES[state] if number == 1 else many.get(state, CALL_STATES[state])
            article = "ett " if state == "draft" and number == 1 else ""
            parts.append(f"{'en' if number == 1 else number} {what} är {article}{which}".replace("  ", " "))
    text = join_words(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _deadline(call: Call) -> date:
    """The day that is next for a call; those without one last."""
    by = {"draft": call.opens, "open": call.closes, "closed": call.assessed, "assessment": call.assessed}
    return by.get(call.state) or date.max
