"""What a member's own list shows, how far the council has come, and the conflicts of interest in a call."""

from __future__ import annotations

from dataclasses import dataclass

from fou import assessing, calling, conflicts
from fou.access import Person
from fou.assessing import Judgement, Mine, MyList, Progress
from fou.calls import Applied, Sum, scale_of
from fou.charts.chart import Cell, Table
from fou.conflicts import Declared
from fou.model import CALL_STATES, CONFLICT_STATES, Criterion, Member
from fou.money import OPEN_TEXT, format_sek
from fou.store import Reader
from fou.swedish import count, format_date, format_timestamp

#: Stands for a box that nobody has filled in, and for who has said that they cannot judge.
EMPTY, CANNOT = "–", "kan inte bedöma"


@dataclass(frozen=True, slots=True)
class MyView:
    """A member's list: what is left to do in one sentence, and all that they have said as a table."""

    mine: MyList
    sentence: str
    table: Table


@dataclass(frozen=True, slots=True)
class CouncilView:
    """How far the members have come, for who may open the scores; ``proposed``: that conflicts wait to be settled."""

    members: tuple[Progress, ...]
    sentence: str
    table: Table
    proposed: str | None

    @property
    def left(self) -> int:
        """How many boxes nobody has filled in."""
        return sum(one.boxes - one.done for one in self.members)

    @property
    def mostly_empty(self) -> str | None:
        """That more boxes are empty than filled in, which whoever opens the scores must know first."""
        boxes = sum(one.boxes for one in self.members)
        done = boxes - self.left
        if self.left <= done:
            return None
        return f"De flesta rutor är tomma: bara {done} av {boxes} är ifyllda." if done else "Alla rutor är tomma."


@dataclass(frozen=True, slots=True)
class ConflictsView:
    """The conflicts of interest that the reader may see, and the members whom one can be declared for."""

    found: tuple[Declared, ...]
    sentence: str
    table: Table
    members: tuple[Member, ...]

    @property
    def proposed(self) -> tuple[Declared, ...]:
        """Those that somebody has to confirm or dismiss."""
        return tuple(one for one in self.found if one.state == "proposed")


def my_view(reader: Reader, person: Person, number: int) -> MyView:
    """The acting member's own list in a call. Raises Forbidden for others."""
    mine = assessing.my_list(reader, person, number)
    head = ("Ansökan", *(f"{one.name} ({scale_text(one)})" for one in mine.criteria), "Kvar")
    rows: list[tuple[Cell, ...]] = []
    for row in mine.rows:
        said = [_cell(row.judged.get(one.position, Judgement())) for one in mine.criteria]
        if row.conflict:
            said = ["jäv"] * len(mine.criteria)
        rows.append((name_of(row.applied), *said, str(row.left)))
    return MyView(mine, left_text(mine), Table(head, tuple(rows)))


def left_text(mine: MyList) -> str:
    """What the member has left to do; or what they did, when nothing can be changed."""
    if not mine.rows:
        return "Det finns inga ansökningar att bedöma."
    away = sum(row.conflict is not None for row in mine.rows)
    besides = f" Du är jävig i {count(away, 'ansökan', 'ansökningar')}." if away else ""
    if mine.call.state not in ("assessment", "decided"):
        return f"Bedömningen har inte börjat: utlysningen är {CALL_STATES[mine.call.state]}.{besides}"
    if not mine.boxes:
        return f"Du har inga rutor att fylla i.{besides}"
    if not mine.may_save:
        return f"Du fyllde i {mine.boxes - mine.left} av {mine.boxes} rutor.{besides}"
    if not mine.left:
        return f"Du är klar: alla {mine.boxes} rutor är ifyllda.{besides}"
    unfinished = sum(row.left > 0 for row in mine.rows)
    return f"Du har {mine.left} av {mine.boxes} rutor kvar i {count(unfinished, 'ansökan', 'ansökningar')}.{besides}"


def row_text(row: Mine) -> str:
    """How far the member has come with one application."""
    if row.conflict:
        return "jäv"
    return count(row.left, "ruta kvar", "rutor kvar") if row.left else "klar"


def name_of(applied: Applied) -> str:
    """An application as lists name it."""
    return f"{applied.proposal.code} {applied.project.title}"


def scale_text(criterion: Criterion) -> str:
    """Its lowest and highest value: 0–5."""
    scale = scale_of(criterion)
    return f"{scale.lowest}–{scale.highest}"


def facts_text(applied: Applied, unit: str) -> str:
    """Who applies for how much, for when, in a few words."""
    proposal = applied.proposal
    what = "Fortsättning" if proposal.continuing else "Nytt projekt"
    parts = [what if proposal.continuing is not None else "", "gemensam ansökan" if proposal.joint else ""]
    parts += [", ".join(applied.units), applied.area or ""]
    years = " + ".join(f"{sum_text(asked, unit)} ({year})" for year, asked in applied.by_year)
    if applied.by_year:
        whole = sum_text(applied.requested, unit)
        parts.append(f"söker {whole}" + (f": {years}" if len(applied.by_year) > 1 else f" för {applied.by_year[0][0]}"))
    own = sum(cost.amount for cost in applied.costs if cost.payer == "co_funding")
    parts.append(f"medfinansierar {format_sek(own, unit)}" if own else "")
    parts.append(f"klarar sig med lägst {format_sek(proposal.least, unit)}" if proposal.least is not None else "")
    return " · ".join(part for part in parts if part)


def sum_text(asked: Sum, unit: str) -> str:
    """An amount with what is not set said."""
    if asked.open:
        return f"{format_sek(asked.amount, unit)} och {OPEN_TEXT}" if asked.amount else OPEN_TEXT
    return format_sek(asked.amount, unit)


def council_view(reader: Reader, person: Person, number: int) -> CouncilView:
    """How far each member has come. Raises Forbidden for who may not open the scores."""
    found = assessing.progress(reader, person, number)
    done, boxes = sum(one.done for one in found), sum(one.boxes for one in found)
    ready = sum(one.done == one.boxes for one in found)
    if not found:
        sentence = "Rådet har inga ledamöter. Lägg till dem på sidan Administration."
    elif ready == len(found):
        sentence = f"Alla {len(found)} ledamöter är klara."
    else:
        sentence = (
            f"{ready} av {count(len(found), 'ledamot', 'ledamöter')} är klara. {done} av {boxes} rutor är ifyllda."
        )
    rows: list[tuple[Cell, ...]] = [
        (one.member, f"{one.done} av {one.boxes}", str(one.conflicts) if one.conflicts else EMPTY) for one in found
    ]
    table = Table(("Ledamot", "Ifyllda rutor", "Jävig i"), tuple(rows))
    return CouncilView(found, sentence, table, calling.to_settle(reader, number))


def conflicts_view(reader: Reader, number: int) -> ConflictsView:
    """The conflicts in a call that the reader may see."""
    found = conflicts.conflicts(reader, number)
    rows: list[tuple[Cell, ...]] = [
        (
            f"{one.code} {one.title}", one.member, CONFLICT_STATES[one.state], one.conflict.reason or EMPTY,
            one.conflict.declared.isoformat() if one.conflict.declared else EMPTY,
            f"{one.by} {format_timestamp(one.at)}" if one.by and one.at else EMPTY,
        )
        for one in found
    ]  # fmt: skip
    head = ("Ansökan", "Ledamot", "Läge", "Skäl", "Anmält", "Senast ändrat av")
    members = tuple(reader.records(Member, "WHERE role = 'member' ORDER BY name COLLATE sv"))
    return ConflictsView(found, _conflicts_text(found), Table(head, tuple(rows)), members)


def conflict_text(declared: Declared) -> str:
    """One conflict in a sentence."""
    when = f", {format_date(declared.conflict.declared)}" if declared.conflict.declared else ""
    return f"{declared.member} i {declared.code} {declared.title}: {declared.conflict.reason or 'inget skäl'}{when}"


def _conflicts_text(found: tuple[Declared, ...]) -> str:
    holds = [one for one in found if one.holds]
    if not found:
        return "Ingen har anmält jäv i utlysningen."
    if not holds:
        return "Inget jäv gäller. Allt som föreslogs är avfärdat."
    proposed = sum(one.state == "proposed" for one in holds)
    applications = len({one.conflict.proposal for one in holds})
    text = f"Jäv gäller för {count(len({one.member for one in holds}), 'ledamot', 'ledamöter')} i "
    text += f"{count(applications, 'ansökan', 'ansökningar')}."
    if not proposed:
        return text
    return f"{text} {proposed} av {len(holds)} är {'föreslaget' if proposed == 1 else 'föreslagna'} och ska avgöras."


def _cell(said: Judgement) -> str:
    if said.cannot:
        return "kan inte"
    return EMPTY if said.value is None else str(said.value)
