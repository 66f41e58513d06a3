"""A call for proposals from draft to decision: every write to it, with the rules of each step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fou.access import Action, Person, require
from fou.applications import lacking_in
from fou.calls import NEXT, OUT, call_of, call_page, criteria_of, is_opened, money_of, own_funder
from fou.conflicts import propose_for
from fou.errors import Refused, SaveConflict
from fou.ledger import statements, take_back
from fou.model import CALL_KINDS, CALL_STATES, Call, Criterion, Entry, Kind, Proposal, as_dict
from fou.money import OPEN_TEXT, format_sek
from fou.store import Database, Reader, Work
from fou.swedish import count, format_date, join_words

FIRST_YEAR, LAST_YEAR = 1990, 2100
_SOURCE = "sidan Ansökningar"
#: How many years after a call's own two digits last in its code stand for a year, modulo 100: not any number is one.
_NEAR = (99, 0, 1, 2)
#: The longest scale and the largest weight: beyond them somebody has written something else than they meant.
MOST_STEPS, MOST_WEIGHT = 100, 100


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for priority as it is filled in: a value is ``lowest``–``highest``."""

    name: str
    weight: int = 1
    lowest: int = 0
    highest: int = 5
    guidance: str | None = None


#: Ready choices: what a call may be assessed by, and with which scales.
GROUNDS: dict[str, tuple[Ground, ...]] = {
    "Lokala utvecklingsmedel 2014": (
        Ground(
            "Gemensam ansökan från flera stadsdelsförvaltningar",
            guidance="0: en enda sökande. 3: två eller tre. 5: fler, och alla har en uppgift i projektet.",
        ),
        Ground(
            "Forskningsuppdrag",
            guidance="0: ingen forskare deltar. 3: en forskare handleder. 5: en forskare leder arbetet.",
        ),
        Ground(
            "Strategiskt arbete av intresse för hela staden",
            guidance="0: bara av intresse för den egna enheten. 5: resultatet kan användas i hela staden.",
        ),
        Ground(
            "Tydlig koppling till resultatbaserad styrning och evidensbaserad praktik",
            guidance="0: ingen koppling. 5: det framgår vad som ska mätas och hur resultatet ska användas.",
        ),
    ),
    "Relevans, kvalitet, samverkan och genomförbarhet": (
        Ground("Relevans", 2, 0, 10, "Hur viktigt är det för dem som får stöd och för verksamheten?"),
        Ground("Kvalitet", 2, 0, 10, "Är frågan tydlig, och kan metoden svara på den?"),
        Ground("Samverkan", 1, 0, 10, "Deltar de som ska använda resultatet?"),
        Ground("Genomförbarhet", 1, 0, 5, "Räcker tid, pengar och kunskap?"),
    ),
    "Vetenskaplig bedömning i sju steg": (
        Ground("Vetenskaplig kvalitet", 1, 1, 7, "1: otillräcklig. 4: god. 7: enastående."),
        Ground("Nytänkande", 1, 1, 7, "1: otillräckligt. 4: gott. 7: enastående."),
        Ground("Den sökandes kompetens", 1, 1, 7, "1: otillräcklig. 4: god. 7: enastående."),
        Ground("Genomförbarhet", 1, 1, 3, "1: inte genomförbart. 2: delvis. 3: genomförbart."),
    ),
    "Nej, delvis, ja": (
        Ground("Behovet är tydligt beskrivet", 1, 0, 2, "0: nej. 1: delvis. 2: ja."),
        Ground("Målen går att följa upp", 1, 0, 2, "0: nej. 1: delvis. 2: ja."),
        Ground("Kostnaden är rimlig", 1, 0, 2, "0: nej. 1: delvis. 2: ja."),
    ),
}


@dataclass(frozen=True, slots=True)
class CallForm:
    """What is filled in about a call. ``kinds`` is a key of CALL_KINDS, None for both new and continuing projects."""

    name: str
    year: int
    opens: date | None = None
    closes: date | None = None
    assessed: date | None = None
    decides: date | None = None
    text: str | None = None
    rules: str | None = None
    kinds: str | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """Money set aside for a call in one year, SEK excl. VAT; None when the amount is not set."""

    year: int
    amount: Decimal | None


#: What can no longer be changed once a call has come so far.
FIXED = {
    "draft": (),
    "open": ("year", "opens", "kinds"),
    "closed": ("year", "opens", "kinds", "closes", "rules"),
    "assessment": ("year", "opens", "kinds", "closes", "rules", "text"),
}
_HEADS = {
    "year": "året", "opens": "öppningsdagen", "kinds": "vilka projekt den är för", "closes": "sista ansökningsdag",
    "rules": "reglerna", "text": "texten",
}  # fmt: skip
#: The dates in the order that they must come in.
_DATES = (
    ("opens", "Öppnar"), ("closes", "Sista ansökningsdag"), ("assessed", "Bedöms senast"),
    ("decides", "Beslut planerat"),
)  # fmt: skip


def form_of(call: Call) -> CallForm:
    """The call as a form that can be changed."""
    return CallForm(
        call.name, call.year, call.opens, call.closes, call.assessed, call.decides, call.text, call.rules, call.kinds
    )


def create(
    database: Database,
    person: Person,
    code: str,
    form: CallForm,
    grounds: Sequence[Ground] = (),
    money: Sequence[SetAside] = (),
) -> int:
    """Begin a call as a draft; return the batch. Raises Refused when what is filled in cannot be used."""
    require(person, Action.EDIT)
    clean, code = _clean(form), code.strip()
    if not code or len(code) > 40:
        raise Refused("Skriv en kod för utlysningen, till exempel LUM-2026, med högst 40 tecken.")
    with database.write(person, Action.EDIT, f"Började på utlysningen {code}") as work:
        if work.value("SELECT COUNT(*) FROM call WHERE LOWER(code) = LOWER($code)", code=code):
            raise Refused(f"Det finns redan en utlysning med koden {code}. Välj en annan kod.")
        about = {"code": code, "state": "draft", "scores_open": False, "source": _SOURCE}
        (number,) = work.create_many(Call, [{**_values(clean), **about}], [_SOURCE])
        work.create_many(Criterion, _criteria(number, _clean_grounds(grounds)))
        _set_aside(work, call_of(work, number), {one.year: one for one in money})
        return work.batch


def copy_call(database: Database, person: Person, number: int) -> str:
    """Begin next year's call from this one in one act; return its code.

    Its dates are moved a year; the texts and the grounds for priority are the same. Money is set aside anew.
    """
    with database.write(person, Action.EDIT, "Kopierade en utlysning") as work:
        old = call_of(work, number)
        year = old.year + 1
        code = _next_name(old.code, old.year, "-")
        taken = {other.lower() for (other,) in work.rows("SELECT code FROM call")}
        code = next(one for one in (code, *(f"{code}-{n}" for n in range(2, 1000))) if one.lower() not in taken)
        values = {
            **_values(form_of(old)), "name": _next_name(old.name, old.year, " "), "year": year, "code": code,
            "state": "draft", "scores_open": False, "copied_from": old.id, "source": f"kopierad från {old.code}",
        }  # fmt: skip
        values |= {field: _year_later(values[field]) for field, _ in _DATES}
        (new,) = work.create_many(Call, [values], [_SOURCE])
        work.create_many(
            Criterion,
            [
                {**as_dict(one), "id": None, "call": new, "source": f"kopierad från {old.code}"}
                for one in criteria_of(work, old.id)
            ],
        )
        return code


def edit(database: Database, person: Person, seen: Call, form: CallForm) -> int | None:
    """Change what is said of a call; return the batch, None when nothing differs.

    Raises SaveConflict when somebody else has changed the same since ``seen`` was read, Refused when dates contradict
    each other or the call has come too far for it.
    """
    require(person, Action.EDIT)
    values = _values(_clean(form))
    changed = {name: value for name, value in values.items() if value != getattr(seen, name)}
    with database.write(person, Action.EDIT, f"Ändrade utlysningen {seen.code}") as work:
        call = call_of(work, seen.id)
        _refuse_decided(call)
        fixed = [_HEADS[name] for name in FIXED[call.state] if name in changed]
        if fixed:
            raise Refused(
                f"Utlysningen är {CALL_STATES[call.state]}: {join_words(fixed)} kan inte ändras. Backa ett steg först "
                "om det ska ändras."
            )
        before = {name: getattr(seen, name) for name in changed}
        return work.batch if work.update(Call, call.id, changed, before, _SOURCE) else None


def save_grounds(
    database: Database, person: Person, number: int, grounds: Sequence[Ground], seen: Sequence[Criterion]
) -> int | None:
    """Put these grounds for priority, in this order, in the place of those ``seen``; None when nothing differs.

    When the call is open only the guidance can be changed: those who apply must know what they are assessed by.
    """
    require(person, Action.EDIT)
    clean = _clean_grounds(grounds)
    with database.write(person, Action.EDIT, "Ändrade prioriteringsgrunder") as work:
        call = call_of(work, number)
        _refuse_decided(call)
        now = criteria_of(work, number)
        wanted = _criteria(number, clean)
        if [_said(one) for one in now] == [_said(one) for one in wanted]:
            return None
        if [_said(one) for one in now] != [_said(one) for one in seen]:
            who = _who(work, "criterion", *(one.id for one in (*seen, *now)))
            raise SaveConflict(
                f"{who} har ändrat prioriteringsgrunderna medan du skrev. Ditt är inte sparat: läs in sidan igen och "
                "avgör vad som ska gälla."
            )
        if call.state != "draft" and [_said(one)[:-1] for one in now] != [_said(one)[:-1] for one in wanted]:
            raise Refused(
                f"Utlysningen är {CALL_STATES[call.state]}: bara vägledningen kan ändras. Grunder, vikter och skalor "
                "ska vara desamma för alla som söker."
            )
        work.remove_many(Criterion, [as_dict(one) for one in now[len(wanted) :]])
        for old, new in zip(now, wanted, strict=False):
            work.update(Criterion, old.id, new, None, _SOURCE)
        work.create_many(Criterion, wanted[len(now) :])
        return work.batch


def save_money(
    database: Database, person: Person, number: int, money: Sequence[SetAside], seen: Sequence[SetAside]
) -> int | None:
    """Set money aside for the call; a year that is left out has none. None when nothing differs.

    What stood is taken back by counter-entries. Raises SaveConflict when it is not what was ``seen``.
    """
    with database.write(person, Action.EDIT, "Satte av pengar till en utlysning") as work:
        call = call_of(work, number)
        _refuse_decided(call)
        wanted, now = {one.year: one for one in money}, {one.year: one for one in set_aside(work, number)}
        if wanted == now:
            return None
        if now != {one.year: one for one in seen}:
            stands = ", ".join(f"{one.year}: {_shown(one.amount)}" for one in now.values()) or "inget"
            raise SaveConflict(
                f"Någon har ändrat vad som är avsatt till {call.code} medan du skrev. Nu är avsatt {stands}. Ditt är "
                "inte sparat."
            )
        _set_aside(work, call, wanted)
        return work.batch


def set_aside(reader: Reader, number: int) -> tuple[SetAside, ...]:
    """What is set aside for a call and not yet granted, by year."""
    found: dict[int, Decimal | None] = {}
    for entry in _reserved(reader, number):
        before = found.get(entry.year, Decimal(0))
        found[entry.year] = None if entry.open or before is None else before + entry.amount
    return tuple(SetAside(year, amount) for year, amount in sorted(found.items()))


def left_to_do(reader: Reader, call: Call, today: date) -> tuple[str, ...]:
    """What must be done before the call can move on to its next step, in Swedish; nothing when it can."""
    match call.state:
        case "draft":
            return tuple(_before_opening(reader, call, today))
        case "open":
            if call.closes is not None and today <= call.closes:
                return (
                    f"Ansökningstiden går ut {format_date(call.closes)}. Ändra sista ansökningsdag om utlysningen ska "
                    "stängas tidigare.",
                )
            return ()
        case "closed":
            return tuple(_before_assessment(reader, call))
        case "assessment":
            return tuple(_before_decision(reader, call, today))
        case _:
            return ("Utlysningen är beslutad. Det är det sista steget.",)


def to_settle(reader: Reader, call: int) -> str | None:
    """That proposed conflicts of interest wait to be settled, those that the reader sees, in Swedish; None if none."""
    proposed = reader.value(
        "SELECT COUNT(*) FROM conflict JOIN proposal ON proposal.id = conflict.proposal WHERE proposal.call = $call "
        "AND conflict.state = 'proposed' AND NOT list_contains($out, COALESCE(proposal.state, ''))",
        call=call,
        out=list(OUT),
    )
    if not proposed:
        return None
    return f"{count(proposed, 'föreslaget', 'föreslagna')} jäv ska bekräftas eller avfärdas, se Jäv."


def move_on(database: Database, person: Person, seen: Call, today: date) -> int:
    """Move a call on to its next step; return the batch. Raises Refused with all that is left to do before it.

    When the assessment begins conflicts of interest are proposed, and the applications that have come in are complete.
    """
    require(person, Action.EDIT)
    step = CALL_STATES.get(NEXT.get(seen.state, ""), "")
    with database.write(person, Action.EDIT, f"Utlysningen {seen.code} är {step}") as work:
        call = _as_seen(work, seen)
        left = left_to_do(work, call, today)
        if left:
            raise Refused(" ".join(left))
        if call.state == "closed":
            for proposal in work.records(Proposal, "WHERE call = $call", call=call.id):
                propose_for(work, proposal, today)
                if proposal.state == "received":  # and lacks nothing: the step waits for those that do
                    work.update(Proposal, proposal.id, {"state": "complete"}, None, _SOURCE)
        work.update(Call, call.id, {"state": NEXT[call.state]}, None, _SOURCE)
        return work.batch


def move_back(database: Database, person: Person, seen: Call) -> int:
    """Take a call one step back; return the batch. Raises Refused when something has been done that must stand."""
    require(person, Action.EDIT)
    before = {after: state for state, after in NEXT.items()}
    with database.write(person, Action.EDIT, f"Utlysningen {seen.code} gick tillbaka ett steg") as work:
        call = _as_seen(work, seen)
        _refuse_decided(call)
        if call.state == "draft":
            raise Refused("Utlysningen är ett utkast. Det är det första steget.")
        mine = "JOIN proposal ON proposal.id = score.proposal WHERE proposal.call = $call"
        if call.state == "open" and work.value("SELECT COUNT(*) FROM proposal WHERE call = $call", call=call.id):
            raise Refused("Ansökningar har redan kommit in. Flytta eller återkalla dem först.")
        if call.state == "assessment" and work.value(f"SELECT COUNT(*) FROM score {mine}", call=call.id):
            raise Refused("Ledamöter har redan bedömt ansökningar. Utlysningen kan inte gå tillbaka.")
        work.update(Call, call.id, {"state": before[call.state]}, None, _SOURCE)
        return work.batch


def _before_opening(reader: Reader, call: Call, today: date) -> list[str]:
    left = []
    missing = [
        word
        for word, there in (
            ("en text", call.text), ("en öppningsdag", call.opens), ("en sista ansökningsdag", call.closes),
            ("minst en prioriteringsgrund", criteria_of(reader, call.id)),
            ("pengar som är avsatta eller planerade", money_of(reader, call.id)),
        )
        if not there
    ]  # fmt: skip
    if missing:
        left.append(f"Utlysningen saknar {join_words(missing)}.")
    unscaled = [one for one in criteria_of(reader, call.id) if one.scale is None]
    if unscaled:
        left.append(f"Välj en skala för {join_words([f'”{one.name}”' for one in unscaled])}.")
    if call.opens is not None and call.opens > today:
        left.append(f"Den öppnar {format_date(call.opens)}. Ändra dagen om den ska öppnas nu.")
    if call.closes is not None and call.closes < today:
        left.append(f"Sista ansökningsdag {format_date(call.closes)} har redan varit. Välj en senare dag.")
    return left


def _before_assessment(reader: Reader, call: Call) -> list[str]:
    left = []
    active = [one for one in reader.records(Proposal, "WHERE call = $call ORDER BY code", call=call.id)
              if one.state not in OUT]  # fmt: skip
    if not active:
        left.append("Inga ansökningar har kommit in. Förläng ansökningstiden, eller ångra utlysningen.")
    waiting = [one.code for one in active if one.state == "incomplete"]
    page = call_page(reader, call.code)
    lacks = lacking_in(reader, page) if page else {}
    lacking = [
        one.code
        for one in active
        if one.state not in ("complete", "incomplete") and any(lack.blocks for lack in lacks.get(one.id, ()))
    ]  # fmt: skip
    if waiting:
        left.append(f"{join_words(waiting)} väntar på komplettering.")
    if lacking:
        left.append(f"{join_words(lacking)} saknar uppgifter.")
    if waiting or lacking:
        left.append("Komplettera dem, markera dem som kompletta ändå, eller återkalla dem.")
    if not reader.value("SELECT COUNT(*) FROM member WHERE role = 'member'"):
        left.append("Det finns inga ledamöter som kan bedöma. Lägg till dem på sidan Administration.")
    return left


def _before_decision(reader: Reader, call: Call, today: date) -> list[str]:
    proposed = to_settle(reader, call.id)
    left = [proposed] if proposed else []
    if not is_opened(call):
        left.append(
            "Bedömningarna är inte öppnade. Ordföranden eller en handläggare öppnar dem under Rangordning, så att "
            "rådet kan se dem före beslutet."
        )
    if call.decides is not None and today < call.decides:
        left.append(f"Beslutet är planerat till {format_date(call.decides)}. Ändra dagen om det redan är fattat.")
    return left


def _clean(form: CallForm) -> CallForm:
    name = " ".join(form.name.split())
    if not name or len(name) > 200:
        raise Refused("Skriv vad utlysningen heter, med högst 200 tecken.")
    if not FIRST_YEAR <= form.year <= LAST_YEAR:
        raise Refused(f"Skriv ett år mellan {FIRST_YEAR} och {LAST_YEAR}.")
    if form.kinds is not None and form.kinds not in CALL_KINDS:
        raise Refused("Välj vilka projekt utlysningen är för.")
    against = _contradictions(form)
    if against:
        raise Refused(f"Datumen motsäger varandra: {'. '.join(against)}. Rätta dem så att de kommer i ordning.")
    text, rules = ((said or "").strip() or None for said in (form.text, form.rules))
    return replace(form, name=name, text=text, rules=rules)


def _contradictions(form: CallForm) -> list[str]:
    """Each date that comes after what it must come before, with all of that: they are put right together."""
    known = [(head, day) for field, head in _DATES if (day := getattr(form, field)) is not None]
    told = []
    for at, (head, day) in enumerate(known):
        before = [f"{then} ({format_date(other)})" for then, other in known[at + 1 :] if other < day]
        if before:
            told.append(f"{head} ({format_date(day)}) ligger efter {join_words(before)}")
    return told


def _values(form: CallForm) -> dict[str, Any]:
    return {
        "name": form.name, "year": form.year, "opens": form.opens, "closes": form.closes, "assessed": form.assessed,
        "decides": form.decides, "text": form.text, "rules": form.rules, "kinds": form.kinds,
    }  # fmt: skip


def _clean_grounds(grounds: Sequence[Ground]) -> list[Ground]:
    clean = []
    for ground in grounds:
        name = " ".join(ground.name.split())
        if not name:
            raise Refused("Varje prioriteringsgrund måste ha ett namn.")
        if not 1 <= ground.weight <= MOST_WEIGHT:
            raise Refused(f"”{name}”: vikten ska vara ett heltal mellan 1 och {MOST_WEIGHT}.")
        if not 0 <= ground.lowest < ground.highest <= MOST_STEPS:
            raise Refused(
                f"”{name}”: det lägsta värdet ska vara minst 0 och mindre än det högsta (högst {MOST_STEPS})."
            )
        clean.append(replace(ground, name=name, guidance=(ground.guidance or "").strip() or None))
    names = [ground.name.casefold() for ground in clean]
    if len(set(names)) < len(names):
        raise Refused("Två prioriteringsgrunder heter likadant. Byt namn på den ena.")
    return clean


def _criteria(call: int, grounds: Sequence[Ground]) -> list[dict[str, Any]]:
    return [
        {
            "call": call, "position": position, "name": ground.name, "weight": ground.weight, "scale": ground.highest,
            "lowest": ground.lowest, "guidance": ground.guidance, "source": _SOURCE,
        }
        for position, ground in enumerate(grounds, 1)
    ]  # fmt: skip


def _said(criterion: Criterion | dict[str, Any]) -> tuple[Any, ...]:
    values = as_dict(criterion) if isinstance(criterion, Criterion) else criterion
    return (
        values["position"], values["name"], values["weight"] or 1, values["scale"], values["lowest"] or 0,
        values["guidance"],
    )  # fmt: skip


def _reserved(reader: Reader, call: int) -> list[Entry]:
    return statements(reader, "kind = 'reserved' AND call = $call AND project IS NULL AND condition IS NULL", call=call)


def _set_aside(work: Work, call: Call, wanted: dict[int, SetAside]) -> None:
    for one in wanted.values():
        if one.amount is not None and one.amount <= 0:
            raise Refused(f"{one.year}: ett avsatt belopp ska vara större än noll.")
        if not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise Refused(f"Skriv ett år mellan {FIRST_YEAR} och {LAST_YEAR}.")
    now = {one.year: one for one in set_aside(work, call.id)}
    source = f"utlysning {call.code}"
    take_back(
        work,
        [(entry, source) for entry in _reserved(work, call.id) if wanted.get(entry.year) != now[entry.year]],
    )
    if wanted:
        funder = own_funder(work, call.id).id
        work.post(
            Entry(
                Kind.RESERVED, one.year, funder, call=call.id, amount=one.amount or Decimal(0),
                open=int(one.amount is None), source=source,
            )
            for one in wanted.values()
            if now.get(one.year) != one
        )  # fmt: skip


def _as_seen(work: Work, seen: Call) -> Call:
    call = call_of(work, seen.id)
    if call.state != seen.state:
        raise SaveConflict(
            f"{_who(work, 'call', call.id)} har ändrat utlysningen medan du läste: den är {CALL_STATES[call.state]}. "
            "Läs in sidan igen."
        )
    return call


def _refuse_decided(call: Call) -> None:
    if call.state == "decided":
        raise Refused(f"Utlysningen {call.code} är beslutad och kan inte ändras.")


def _who(work: Work, record: str, *numbers: int) -> str:
    """Who last changed one of these records."""
    name = work.value(
        "SELECT batch.actor FROM change JOIN batch ON batch.id = change.batch WHERE change.record = $record "
        "AND change.id IN (SELECT UNNEST($numbers)) ORDER BY change.batch DESC LIMIT 1",
        record=record,
        numbers=list(numbers),
    )
    return name or "Någon"


def _next_name(text: str, year: int, between: str) -> str:
    """The text with the year after: that which stands in it or it ends in, or one put last."""
    if re.search(rf"(?<![0-9]){year}(?![0-9])", text):
        # A span of years moves as one: 2025–2026 becomes 2026–2027.
        return re.sub(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])", lambda found: str(int(found[1]) + 1), text)
    # A call in the autumn is often named for the year after its own, and some write years with two digits.
    last = re.search(r"(?<![0-9])((?:19|20)?[0-9]{2})$", text)
    if last and (len(last[1]) == 4 or (int(last[1]) - year) % 100 in _NEAR):
        return text[: last.start()] + str(int(last[1]) + 1)[-len(last[1]) :].zfill(len(last[1]))
    return f"{text}{between}{year + 1}"


def _year_later(day: date | None) -> date | None:
    if day is None:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _shown(amount: Decimal | None) -> str:
    return OPEN_TEXT if amount is None else format_sek(amount)
