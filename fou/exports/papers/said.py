"""What the papers say in words, from the snapshot alone: one place, so that they all say the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from fou.exports.papers.particulars import Particulars, Ruling
from fou.exports.table import clean
from fou.money import EN_DASH, OPEN_TEXT, format_decimals, format_sek
from fou.snapshot import Line, Matter, Snapshot, Year, YearAmount, difference
from fou.swedish import count, format_date, format_partial, join_words

#: What stands for a project or call whose name nothing is left of.
NAMELESS = "Utan namn"
#: So much of the hash tells one recommendation from another; the whole of it is in the database.
_DIGITS = 12
#: Who prepares and recommends.
COUNCIL = "FoU-rådet"
#: So many that get nothing are named; more are counted, and named in the table.
_NAMED = 6
#: What somebody has noted about a source: it is for those who keep the register.
_REMARK = re.compile(r"\s*\bAnmärkning:.*", re.DOTALL)


def sek(amount: Decimal | int) -> str:
    """``2 310 000 kr exklusive moms``."""
    return f"{format_sek(amount)} exklusive moms"


def named(text: str | None) -> str:
    """A name or other short text on one line, without what no file can hold; empty when there is none."""
    return " ".join((clean(text) or "").split())


def title(matter: Matter) -> str:
    """What a matter is called."""
    return named(matter.title) or NAMELESS


def paragraphs(text: str | None) -> tuple[str, ...]:
    """A longer text by its paragraphs."""
    return tuple(line for part in (clean(text) or "").split("\n") if (line := " ".join(part.split())))


def purpose(matter: Matter) -> tuple[str, ...]:
    """What it is for, by paragraphs, without remarks about the source."""
    return tuple(line for part in paragraphs(matter.purpose) if (line := _REMARK.sub("", part)))


def years(matters: Iterable[Matter], choice: str | None = None) -> list[int]:
    """The budget years that something (of one choice) is said of, in order."""
    return sorted({line.year for one in matters for line in one.lines if choice in (None, line.choice)})


def firm(matters: Iterable[Matter], year: int, choice: str) -> int:
    """The sum (SEK) of one choice in a year, without what is not set or hangs on a condition."""
    return sum(line.firm for one in matters for line in one.lines if (line.year, line.choice) == (year, choice))


def subject(snapshot: Snapshot) -> str:
    """What the papers are about, as a heading."""
    if snapshot.call_name is not None:
        return f"Fördelning av medel i utlysningen {named(snapshot.call_name) or NAMELESS}"
    later = [year for year in years(snapshot.matters) if year > snapshot.year]
    more = f" och medel som avsätts för {join_words([str(year) for year in later])}" if later else ""
    return f"Fördelning av FoU-medel {snapshot.year}{more}"


def board(particulars: Particulars) -> str:
    """Who decides, at the beginning of a sentence."""
    name = named(particulars.board)
    return _first_up(name) if name else "Nämnden"


def _first_up(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


# --- What is proposed -----------------------------------------------------------------------------------------


def points(snapshot: Snapshot, particulars: Particulars) -> tuple[str, ...]:
    """The board's decision as it is proposed, point by point."""
    who = board(particulars)
    found = [f"{who} {what}" for what in resolved(snapshot.matters)]
    if found and particulars.immediate:
        found.append("Paragrafen justeras omedelbart.")
    return tuple(found)


def slug(text: str) -> str:
    """Words as any computer's file name can hold them: ``a-12-skolsamverkan``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def ruler(ruling: Ruling) -> str:
    """Who decided, at the beginning of a sentence."""
    return _first_up(named(ruling.board)) or "Nämnden"


def ruled(ruling: Ruling) -> str:
    """When the board decided, and under which paragraph and number."""
    paragraph = named(ruling.paragraph).removeprefix("§").strip()
    marks = [f"§ {paragraph}"] if paragraph else []
    marks += [f"dnr {named(ruling.reference)}"] if named(ruling.reference) else []
    under = f" ({', '.join(marks)})" if marks else ""
    return f"{ruler(ruling)} beslutade den {format_date(ruling.day)}{under}."


def decided_points(decided: Snapshot, ruling: Ruling) -> tuple[str, ...]:
    """The board's decision, point by point; ``decided`` is the snapshot as it was decided."""
    found = [f"{ruler(ruling)} {what}" for what in resolved(decided.matters)]
    return (*found, *(["Paragrafen justerades omedelbart."] if ruling.immediate else []))


def decided_summary(recommended: Snapshot, ruling: Ruling) -> tuple[str, ...]:
    """What the board decided on what was recommended, in a few sentences."""
    others = [named(one.title) or NAMELESS for one in difference(recommended, ruling.decided)]
    if ruling.rejected:
        said = "Nämnden avslog rådets förslag och gav inga medel."
    elif others:
        said = (
            f"Nämnden ändrade rådets rekommendation i {count(len(others), 'ärende', 'ärenden')}: {join_words(others)}."
        )
    else:
        said = "Beslutet följer rådets rekommendation."
    return (summary(recommended)[0], f"{ruled(ruling)} {said}", *paragraphs(ruling.text))


def resolved(matters: Sequence[Matter], shared: str = ", fördelat enligt tabellen") -> Iterator[str]:
    """What is granted, set aside and refused, year by year, each beginning with a verb.

    ``shared`` says where one sees what each of several projects gets.
    """
    projects = [one for one in matters if one.call is None]
    for year in years(matters, "grant"):
        given = _having(projects, year, "grant")
        if given:
            yield (
                f"beviljar {sek(firm(given, year, 'grant'))} ur {year} års budget till {_projects(given)}"
                f"{shared if len(given) > 1 else ''}."
            )
        for one, line in _conditional(projects, year, "grant"):
            yield f"beviljar {sek(line.amount or 0)} ur {year} års budget till {_one(one)}. {_condition(line)}"
    for year in years(matters, "reserve"):
        kept = _having(projects, year, "reserve")
        if kept:
            yield (
                f"avsätter {sek(firm(kept, year, 'reserve'))} i {year} års budget för {_projects(kept)}"
                f"{shared if len(kept) > 1 else ''}."
            )
        without = _open(projects, year)
        if without:
            yield f"avsätter medel i {year} års budget för {_projects(without)} ({OPEN_TEXT})."
        for one, line in _conditional(projects, year, "reserve"):
            yield f"avsätter {_amount(line)} i {year} års budget för {_one(one)}{_set(line)}. {_condition(line)}"
        for one in (one for one in matters if one.call is not None):
            kept_for_call = _line(one, year)
            if kept_for_call is not None and kept_for_call.choice == "reserve":
                more = f" {_condition(kept_for_call)}" if kept_for_call.condition is not None else ""
                what = f"{_amount(kept_for_call)} i {year} års budget för {_one(one)}{_set(kept_for_call)}"
                yield f"avsätter {what}.{more}"
    refused = [one for one in projects if out(one)]
    if refused:
        yield f"avslår {_refused(refused, bool(shared))}."
    for one in matters:
        if one.call is not None and out(one):
            yield f"avsätter inga medel för {_one(one)}."


def out(matter: Matter) -> bool:
    """Whether it is left out: it gets nothing in any year."""
    return bool(matter.lines) and all(line.choice == "out" for line in matter.lines)


def proposal(matter: Matter, who: str, lines: Sequence[Line] | None = None) -> str:
    """What one matter gets, year by year: ``who`` is "Förvaltningen föreslår", or who else says it.

    ``lines`` are others than the snapshot's own: as the board decided. Empty when nothing is said of it.
    """
    said = matter.lines if lines is None else lines
    if not said:
        return ""
    what = "utlysningen" if matter.call is not None else "projektet"
    if all(line.choice == "out" for line in said):
        nothing = "inga medel avsätts för utlysningen" if matter.call is not None else "projektet inte får medel"
        return f"{who} att {nothing}."
    granted = [f"{sek(line.amount or 0)} för {line.year}" for line in said if line.choice == "grant"]
    parts = [f"att {what} får {join_words(granted)}"] if granted else []
    for line in (line for line in said if line.choice == "reserve"):
        # With no grant before it, the sentence has not yet said what the money is for.
        about = "" if parts else f" för {what}"
        parts.append(f"att {_amount(line)} avsätts{about} i {line.year} års budget{_set(line)}")
    conditions = [f" Villkor för {line.year}: {_bare(line)}." for line in said if line.condition is not None]
    return f"{who} {join_words(parts)}.{''.join(conditions)}"


def requested(matter: Matter) -> str:
    """What is asked for, year by year; empty when nothing says."""
    return join_words([f"{_asked(one)} för {one.year}" for one in matter.requested])


def _asked(one: YearAmount) -> str:
    return OPEN_TEXT if one.amount is None else format_sek(one.amount)


def _amount(line: Line) -> str:
    return "medel" if line.amount is None else sek(line.amount)


def _set(line: Line) -> str:
    return f" ({OPEN_TEXT})" if line.amount is None else ""


def _bare(line: Line) -> str:
    return named(line.condition).rstrip(".") or "står inte angivet"


def _condition(line: Line) -> str:
    return f"Villkor: {_bare(line)}."


def _line(matter: Matter, year: int) -> Line | None:
    return next((line for line in matter.lines if line.year == year), None)


def _having(matters: Sequence[Matter], year: int, choice: str) -> list[Matter]:
    """Those with a firm amount of one choice in a year."""
    return [
        one
        for one in matters
        if (line := _line(one, year)) is not None
        and line.choice == choice
        and line.condition is None
        and line.amount is not None
    ]


def _open(matters: Sequence[Matter], year: int) -> list[Matter]:
    """Those that money is set aside for in a year without an amount or a condition."""
    return [one for one in matters if (line := _line(one, year)) is not None and line.open and line.condition is None]


def _conditional(matters: Sequence[Matter], year: int, choice: str) -> Iterator[tuple[Matter, Line]]:
    for one in matters:
        line = _line(one, year)
        if line is not None and line.choice == choice and line.condition is not None:
            yield one, line


def _projects(matters: Sequence[Matter]) -> str:
    return _one(matters[0]) if len(matters) == 1 else count(len(matters), "projekt", "projekt")


def _refused(matters: Sequence[Matter], in_table: bool) -> str:
    if len(matters) == 1:
        return _one(matters[0])
    if len(matters) > _NAMED:
        return f"{count(len(matters), 'ärende', 'ärenden')}{', enligt tabellen' if in_table else ''}"
    return f"{count(len(matters), 'ärende', 'ärenden')}: {join_words([title(one) for one in matters])}"


def _one(matter: Matter) -> str:
    return f"{'utlysningen' if matter.call is not None else 'projektet'} {title(matter)}"


# --- About the whole ------------------------------------------------------------------------------------------


def summary(snapshot: Snapshot) -> tuple[str, ...]:
    """The matter in a few sentences."""
    about = f"i utlysningen {named(snapshot.call_name)}" if snapshot.call_name is not None else f"för {snapshot.year}"
    first = f"Ärendet gäller hur FoU-medel {about} ska fördelas. {COUNCIL} har lämnat en rekommendation."
    return first, " ".join(_in_short(snapshot.matters))


def _in_short(matters: Sequence[Matter]) -> Iterator[str]:
    projects = [one for one in matters if one.call is None]
    for year in years(matters, "grant"):
        given = _having(projects, year, "grant")
        if given:
            together = "sammanlagt " if len(given) > 1 else ""
            yield f"{_first_up(_projects(given))} föreslås få {together}{sek(firm(given, year, 'grant'))} för {year}."
    for year in years(matters, "reserve"):
        kept = _having(projects, year, "reserve")
        without = _open(projects, year)
        parts = [f"{sek(firm(kept, year, 'reserve'))} för {_projects(kept)}"] if kept else []
        parts += [f"medel för {_projects(without)} ({OPEN_TEXT})"] if without else []
        parts += [
            f"{_amount(line)} för {_one(one)}{_set(line)}"
            for one in matters
            if one.call is not None and (line := _line(one, year)) is not None
            if line.choice == "reserve" and line.condition is None
        ]
        if parts:
            yield f"I {year} års budget föreslås nämnden avsätta {join_words(parts)}."
    conditional = sum(line.condition is not None for one in matters for line in one.lines)
    if conditional:
        yield f"{count(conditional, 'post är förenad', 'poster är förenade')} med villkor och ingår inte i någon summa."
    refused = sum(out(one) for one in matters)
    if refused:
        yield f"{count(refused, 'ärende', 'ärenden')} föreslås inte få medel."


def room(snapshot: Snapshot, what: str = "förslaget") -> tuple[str, ...]:
    """Each year's frame, and what is left of it with what is proposed, or decided."""
    return tuple(_rooms(snapshot, what))


def cautions(snapshot: Snapshot, what: str = "förslaget") -> tuple[str, ...]:
    """What to know before one agrees: more than was set aside, what a condition costs, what gets less than it can do
    with, and what was set aside.
    """
    told = [_pot(year, what) for year in snapshot.years if _over(year) > 0]
    told += [_conditioned(year) for year in snapshot.years if year.conditional]
    return (*told, *(text for one in snapshot.matters for text in _short(one)), *moved(snapshot))


def _short(matter: Matter) -> Iterator[str]:
    given = sum(line.amount or 0 for line in matter.lines)
    unset = any(line.choice != "out" and line.amount is None for line in matter.lines)
    if matter.least and not unset and 0 < given < matter.least:
        about = f"{title(matter)} ({named(matter.proposal or matter.code)})"
        yield f"{about} får {format_sek(given)}, men klarar sig med minst {format_sek(matter.least)}."


def moved(snapshot: Snapshot, ruling: Ruling | None = None) -> tuple[str, ...]:
    """What becomes of what was set aside for each project before: nothing, when the board rejected it all."""
    if ruling is not None and ruling.rejected:
        return ()
    return tuple(text for one in snapshot.matters if one.call is None for text in _moved(one))


def _moved(matter: Matter) -> Iterator[str]:
    gone = min((line.year for line in matter.lines if line.choice == "out"), default=None)
    for before in matter.reserved:
        if before.amount == 0:
            continue
        about = f"{title(matter)} ({named(matter.proposal or matter.code)}) för {before.year}"
        line = _line(matter, before.year)
        if gone is not None and before.year >= gone:
            yield f"Det som är avsatt till {about}, {_asked(before)}, tas bort."
        elif line is None:
            continue
        elif line.choice == "reserve" and (line.amount != before.amount or line.condition is not None):
            now = OPEN_TEXT if line.amount is None else format_sek(line.amount)
            on = " på villkor" if line.condition is not None else ""
            yield f"Avsatt till {about} ändras från {_asked(before)} till {now}{on}."
        elif line.choice == "grant" and line.condition is None:
            if before.amount is None or before.amount <= line.firm:
                yield f"Det som är avsatt till {about}, {_asked(before)}, används."
            else:
                left = format_sek(before.amount - line.firm)
                used = format_sek(line.firm)
                yield f"Av det som är avsatt till {about}, {_asked(before)}, används {used}. {left} står kvar."


def _over(year: Year) -> Decimal:
    """How much more is given than is set aside for it, in a call that money is set aside for."""
    return Decimal(0) if year.pot is None else year.here_granted + year.here_reserved - year.pot - year.own


def _pot(year: Year, what: str) -> str:
    aside = f"För utlysningen är {sek(year.pot or 0)} avsatt {year.year}."
    if _over(year) > 0:
        whence = ", ur det fria" if year.frame is not None else ""
        return f"{aside} {_first_up(what)} ger {format_sek(_over(year))} mer än det avsatta{whence}."
    return f"{aside} Med {what} återstår {format_sek(year.pot_left or 0)} av det."


def _conditioned(year: Year) -> str:
    told = f"För {year.year} gäller {sek(year.conditional)} på villkor. Det ingår inte i det som är beviljat."
    of_pot = year.pot is not None and year.pot_left is not None
    left = year.pot_left if of_pot else year.free_after
    if left is None:
        return told
    of = "det som är avsatt till utlysningen" if of_pot else "ramen"
    short = year.conditional - max(left, Decimal(0))
    if short > 0:
        return f"{told} Uppfylls villkoret fattas {format_sek(short)} av {of}."
    return f"{told} Uppfylls villkoret återstår {format_sek(-short)} av {of}."


def _rooms(snapshot: Snapshot, what: str) -> Iterator[str]:
    for year in snapshot.years:
        if year.pot is not None and year.pot_left is not None:
            yield _pot(year, what)
        if year.frame is None or year.free_after is None:
            bound = year.here_granted + year.here_reserved
            told = f" {_first_up(what)} binder {format_sek(bound)} av den." if bound else ""
            yield f"Ramen för {year.year} är inte fastställd.{told}"
        elif year.free_after < 0:
            over = f"{_first_up(what)} överskrider det som är fritt med {format_sek(-year.free_after)}."
            yield f"Ramen för {year.year} är {sek(year.frame)}. {over}"
        else:
            yield f"Ramen för {year.year} är {sek(year.frame)}. Med {what} är {format_sek(year.free_after)} fritt."
        if year.open:
            number = count(year.open, "ärende", "ärenden")
            yield f"För {year.year} avsätts medel till {number} utan fastställt belopp. De ingår inte i någon summa."
        if year.conditional:
            yield _conditioned(year)


def kind(matter: Matter) -> str:
    """Whether it is new or goes on; empty when nothing says."""
    if matter.call is not None:
        return "Utlysning"
    return "" if matter.continuing is None else "Fortsättning" if matter.continuing else "Nytt projekt"


def period(matter: Matter) -> str:
    """When it goes on: ``2012–2015``, ``från juli 2014``; empty when nothing says."""
    starts, ends = (format_partial(part) if part else "" for part in (matter.starts, matter.ends))
    joined = EN_DASH if starts.isdigit() and ends.isdigit() else f" {EN_DASH} "
    note = named(matter.period_note)
    if starts and ends:
        whole = starts if starts == ends else f"{starts}{joined}{ends}"
        return f"{whole} ({note})" if note else whole
    # The source's own words say more than the one end that is known.
    return note or (f"från {starts}" if starts else ends and f"till {ends}")


def rank(matter: Matter) -> str:
    """Its place in the ranking, with the best and the last that it could be; empty when it has none."""
    found = matter.judged
    if found is None:
        return ""
    span = f" ({found.best}{EN_DASH}{found.last})" if found.best != found.last else ""
    return f"plats {found.place}{span}, {format_decimals(found.points, 1)} poäng av 100"


def conflicts(snapshot: Snapshot) -> tuple[str, ...]:
    """Who had a conflict of interest in what, matter by matter."""
    return tuple(
        f"{join_words([named(name) for name in one.conflicts])} anmälde jäv i ärendet {title(one)} och deltog inte i "
        "det."
        for one in snapshot.matters
        if one.conflicts
    )


def preparation(snapshot: Snapshot, particulars: Particulars) -> tuple[str, ...]:
    """How the matter was prepared: the handler's text, and what the snapshot knows."""
    meeting = snapshot.meeting
    told = list(paragraphs(particulars.preparation))
    if meeting is not None and meeting.held is not None:
        told.append(f"{COUNCIL} behandlade ärendet den {format_date(meeting.held)}.")
    concerned = sum(bool(one.conflicts) for one in snapshot.matters)
    if concerned:
        told.append(
            f"Jäv anmäldes i {count(concerned, 'ärende', 'ärenden')}. Det står i protokollet vem som var jävig."
        )
    if snapshot.grounds:
        told.append(f"Grunder för prioritering: {'; '.join(named(ground) for ground in snapshot.grounds)}.")
    if named(snapshot.dissent):
        told.append(f"Avvikande mening: {named(snapshot.dissent)}")
    return tuple(told)


def basis(snapshot: Snapshot, particulars: Particulars) -> str:
    """What the figures were taken from, so that it can be proven later."""
    mark = f", {named(snapshot.mark)}" if snapshot.mark else ""
    check = f". Kontrollsumma {particulars.hash[:_DIGITS]}" if particulars.hash else ""
    if particulars.hash and not particulars.whole:
        # Nobody is to take this paper for the whole one.
        check += ". Rangordning och jäv saknas här, eftersom den som gjorde papperet inte får se dem"
    return (
        f"Belopp och uppgifter är hämtade ur rådets rekommendation {named(snapshot.code)} den "
        f"{format_date(snapshot.made)}{mark}{check}."
    )
