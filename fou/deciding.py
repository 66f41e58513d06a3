"""From the council's recommendation, frozen, to the board's decision in the ledger, and its correction by a later one.

The ledger follows from the decision alone: what it grants and sets aside is posted, and what was set aside is used, in
one batch (``fou.reservations`` says by which rules). A later decision takes back what it changes by counter-entries,
sets aside again what had been used, and posts what holds instead; what it leaves as it was is not touched.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from fou.access import Action, Person, require
from fou.boards import reserved_now
from fou.calls import own_funder
from fou.conflicts import leads
from fou.errors import Forbidden, Refused, SaveConflict
from fou.freezing import Basis, basis
from fou.ledger import statements, take_back
from fou.matters import Key, Scope
from fou.model import (
    CHOICES,
    RECOMMENDATION_STATES,
    VERDICTS,
    Call,
    Decision,
    Entry,
    Kind,
    Meeting,
    Recommendation,
    Resolution,
    Scenario,
    as_dict,
)
from fou.money import format_sek
from fou.plan import rooms
from fou.reservations import Outcome, Wanted, carry_out
from fou.scenarios import MOST, said, scenario_of, scope_of
from fou.snapshot import (
    Carried,
    Decided,
    DecidedMatter,
    Difference,
    Line,
    Snapshot,
    Taken,
    difference,
    digest,
    freeze,
    freeze_decided,
    thaw,
    thaw_decided,
)
from fou.store import Database, Reader, Work
from fou.store.work import WEEDED
from fou.swedish import format_date, join_words

_SOURCE = "sidan Rådsmöte"
#: The verdicts that give money.
GIVES = ("approved", "changed")


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the minutes say of the board's decision; ``verdict`` is a key of VERDICTS."""

    verdict: str
    board: str
    decided: date | None
    reference: str
    paragraph: str | None = None
    immediate_approval: bool | None = None
    text: str | None = None


class Verified(Enum):
    """Whether what was frozen is as it was."""

    WHOLE = "oförändrad"
    #: a name has been weeded, which the database's own chain vouches for
    WEEDED = "gallrad"
    BROKEN = "ändrad"
    #: the reader may not see all of it
    UNKNOWN = "går inte att kontrollera utan hela underlaget"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a scenario would be as a recommendation, and what must be done before it can be one, in sentences."""

    snapshot: Snapshot
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decision would change in the ledger in one year, SEK: up or down, without what hangs on a condition.

    ``open`` is how many amounts that are not set there would be more, ``conditional`` what would hang on a condition.
    ``free`` is what would then be free, None without a frame.
    """

    year: int
    granted: Decimal
    reserved: Decimal
    open: int
    conditional: Decimal
    free: Decimal | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decision of the board, with what it said of each matter."""

    resolution: Resolution
    decided: Decided


@dataclass(frozen=True, slots=True)
class RecommendationPage:
    """A recommendation with what the board did, the latest last, and what it changed in the end."""

    recommendation: Recommendation
    snapshot: Snapshot
    verified: Verified
    resolutions: tuple[Resolved, ...]
    changed: tuple[Difference, ...]

    @property
    def in_force(self) -> Resolved | None:
        """The board's latest decision."""
        return self.resolutions[-1] if self.resolutions else None


def recommendations(reader: Reader, person: Person, scope: Scope | None = None) -> tuple[Recommendation, ...]:
    """The recommendations, about this or all, the latest first."""
    require(person, Action.SEE_DRAFTS)
    about = {one.id: scope_of(one) for one in reader.records(Scenario)}
    found = reader.records(Recommendation, "ORDER BY id DESC")
    return tuple(one for one in found if scope is None or about[one.scenario] == scope)


def recommendation_page(reader: Reader, person: Person, number: int) -> RecommendationPage:
    """A recommendation as it was frozen, and what came of it. Points and conflicts are as the reader may see them."""
    require(person, Action.SEE_DRAFTS)
    found = _recommendation(reader, number)
    snapshot = thaw(found.frozen, found.apart)
    resolved = tuple(
        Resolved(one, thaw_decided(one.frozen))
        for one in reader.records(Resolution, "WHERE recommendation = $id ORDER BY number", id=number)
    )
    given = resolved and resolved[-1].resolution.verdict in GIVES
    changed = difference(snapshot, resolved[-1].decided) if given else ()
    return RecommendationPage(found, snapshot, verify(reader, person, number), resolved, changed)


def verify(reader: Reader, person: Person, number: int) -> Verified:
    """Whether a recommendation, and what the board decided on it, are as they were frozen."""
    require(person, Action.SEE_DRAFTS)
    found = _recommendation(reader, number)
    resolutions = reader.records(Resolution, "WHERE recommendation = $id", id=number)
    return verified([((found.frozen, found.apart), found.hash), *(((one.frozen,), one.hash) for one in resolutions)])


def verified(frozen: Iterable[tuple[tuple[str, ...], str]]) -> Verified:
    """Whether each of the texts has its hash; the worst of them."""
    worst = Verified.WHOLE
    for texts, its_hash in frozen:
        if digest(*texts) == its_hash:
            continue
        if "" in texts:
            return Verified.UNKNOWN
        if not any(WEEDED.search(text) for text in texts):
            return Verified.BROKEN
        worst = Verified.WEEDED
    return worst


def ready(reader: Reader, person: Person, scenario: int, meeting: int | None, today: date) -> Ready:
    """What ``recommend`` would freeze, and what it would refuse. Raises Refused when the scenario is gone."""
    require(person, Action.SEE_DRAFTS)
    found = scenario_of(reader, scenario)
    rests = basis(reader, found, "", None, today, None, 0)
    return Ready(rests.snapshot, (*_unfit(reader, found, meeting), *_unready(rests)))


def recommend(
    database: Database,
    person: Person,
    scenario: int,
    today: date,
    meeting: int | None = None,
    dissent: str | None = None,
) -> int:
    """Freeze a scenario of the council's as its recommendation to the board; return the recommendation's id.

    What it proposes stands as proposed in the ledger, in the place of what was proposed for the same matters and years.
    The chair or an administrator does it. Raises Refused when an application is not considered, or there is not room.
    """
    with database.write(person, Action.RECOMMEND, "Lämnade en rekommendation till nämnden") as work:
        found = scenario_of(work, scenario)
        if not leads(work, person):
            raise Forbidden("Bara ordföranden eller en handläggare lämnar rådets rekommendation.")
        _refuse_first(_unfit(work, found, meeting))
        number = int(work.value("SELECT COUNT(*) FROM recommendation")) + 1
        prefix = found.code.rpartition("-S")[0] or found.code
        taken = {code for (code,) in work.rows("SELECT code FROM recommendation")}
        code = next(one for one in (f"{prefix}-R{n}" for n in range(1, number + 1)) if one not in taken)
        said_against = (dissent or "").strip() or None
        rests = basis(work, found, code, meeting, today, said_against, work.batch - 1)
        _refuse_first(_unready(rests))
        frozen = freeze(rests.snapshot)
        made = work.create(
            Recommendation, _SOURCE, code=code, scenario=scenario, meeting=meeting, made=today, state="made",
            dissent=said_against, frozen=frozen.open, apart=frozen.apart, hash=frozen.hash, head=work.batch - 1,
        )  # fmt: skip
        source = f"rådets rekommendation {code}"
        # In no order of rank: everybody may see the entries, and the order that they were posted in.
        rests = replace(rests, snapshot=thaw(frozen.open))
        _propose(work, rests, scope_of(found), source)
        _write_decisions(
            work,
            [
                _decision(matter.project, "recommendation", matter.lines, made, {"reference": code, "decided": today})
                for matter in rests.snapshot.matters
                if matter.project is not None
            ],
        )
        return made


def decide(
    database: Database,
    person: Person,
    number: int,
    minutes: Minutes,
    today: date,
    lines: Mapping[Key, Sequence[Line]] | None = None,
    corrects: int | None = None,
) -> int:
    """Record what the board decided on a recommendation, in one batch; return it.

    ``lines`` are what it changed, for whole matters: the others are as recommended. ``corrects`` is the id of the
    board's latest decision on the same recommendation, which this one then takes the place of.

    Raises Refused when the minutes do not hang together, and when what would be corrected has been used since;
    SaveConflict when somebody has recorded a decision in the meantime.
    """
    note = f"Nämndens beslut: {VERDICTS.get(getattr(minutes, 'verdict', ''), '')}"
    with database.write(person, Action.DECIDE, note) as work:
        found = _recommendation(work, number)
        earlier = work.records(Resolution, "WHERE recommendation = $id ORDER BY number", id=number)
        _refuse_out_of_turn(found, earlier, corrects)
        refuse_incomplete(minutes, today, found.made, earlier[-1].decided if earlier else None)
        snapshot = thaw(found.frozen)
        wanted = _wanted(snapshot, minutes.verdict, lines)
        scope = scope_of(scenario_of(work, found.scenario))
        before = thaw_decided(earlier[-1].frozen) if earlier else None
        _refuse_twice(work, found, scope, wanted, before)
        reference = minutes.reference.strip()
        funder = own_funder(work, scope.call).id if before is None else before.funder
        decided = Decided(funder, scope.call, _post(work, snapshot, wanted, before, funder, scope.call, reference))
        text, its_hash = freeze_decided(decided)
        about = {
            "board": minutes.board.strip(), "decided": minutes.decided, "reference": reference,
            "paragraph": (minutes.paragraph or "").strip() or None, "immediate_approval": minutes.immediate_approval,
        }  # fmt: skip
        work.create(
            Resolution, _SOURCE, recommendation=number, number=len(earlier) + 1, verdict=minutes.verdict,
            text=(minutes.text or "").strip() or None, frozen=text, hash=its_hash, **about,
        )  # fmt: skip
        state = "decided" if minutes.verdict in GIVES else minutes.verdict
        work.update(Recommendation, number, {"state": state}, None, f"beslut {reference}")
        if minutes.verdict == "sent_back":
            # What an earlier decision said of them no longer holds, and nothing else is decided.
            gone = work.records(Decision, "WHERE kind = 'decision' AND recommendation = $id", id=number)
            work.remove_many(Decision, [as_dict(one) for one in gone])
        else:
            _write_decisions(
                work,
                [
                    _decision(one.project, "decision", wanted.get(one.key, ()), number, about)
                    for one in snapshot.matters
                    if one.project is not None
                ],
            )
        if minutes.verdict in GIVES and scope.call is not None:
            _close_call(work, scope.call)
        return work.batch


def foresee(
    reader: Reader, person: Person, number: int, verdict: str, lines: Mapping[Key, Sequence[Line]] | None = None
) -> tuple[Foreseen, ...]:
    """What ``decide`` would change in the ledger, year by year. Raises Refused when the lines cannot be decided."""
    require(person, Action.SEE_DRAFTS)
    found = _recommendation(reader, number)
    earlier = reader.records(Resolution, "WHERE recommendation = $id ORDER BY number DESC LIMIT 1", id=number)
    before = thaw_decided(earlier[0].frozen) if earlier else None
    snapshot = thaw(found.frozen)
    wanted = _wanted(snapshot, verdict, lines)
    scope = scope_of(scenario_of(reader, found.scenario))
    _refuse_twice(reader, found, scope, wanted, before)
    call = scope.call
    funder = own_funder(reader, call).id if before is None else before.funder
    kept, changed = _split(wanted, before, call)
    back = [entry for own in changed for entry in _posted_for(reader, own)]
    again = [entry for own in changed for entry in _used_by(own, funder, "")]
    gone = {entry.id for entry in back}
    stands = [entry for entry in reserved_now(reader, funder) if entry.id not in gone]
    last = max((entry.id for entry in stands), default=0)
    later = [replace(entry, id=last + at) for at, entry in enumerate(again, 1)]
    _, outcome = _carried_out(snapshot, wanted, kept, [*stands, *later], funder, call, "")
    posted = [effect.posted for effect in outcome.effects if effect.posted is not None]
    return _foreseen(reader, [*later, *posted, *outcome.rest], [*back, *outcome.gone])


def _foreseen(reader: Reader, more: Iterable[Entry], less: Iterable[Entry]) -> tuple[Foreseen, ...]:
    sums: dict[int, list[Decimal]] = {}
    for sign, entries in ((1, more), (-1, less)):
        for entry in entries:
            year = sums.setdefault(entry.year, [Decimal(0)] * 4)
            at = 3 if entry.condition is not None else 0 if entry.kind is Kind.GRANTED else 1
            year[at] += sign * entry.amount
            year[2] += sign * entry.open
    free = {room.year: room.free for room in rooms(reader, min(sums), max(sums), "egna")} if sums else {}
    return tuple(
        Foreseen(
            year, granted, reserved, int(unset), conditional,
            None if (now := free.get(year)) is None else now - granted - reserved,
        )
        for year, (granted, reserved, unset, conditional) in sorted(sums.items())
        if granted or reserved or unset or conditional
    )  # fmt: skip


# The recommendation


def _recommendation(reader: Reader, number: int) -> Recommendation:
    found = reader.records(Recommendation, "WHERE id = $id", id=number)
    if not found:
        raise Refused("Rekommendationen finns inte längre. Läs in sidan igen.")
    return found[0]


def _refuse_first(reasons: Iterator[str]) -> None:
    for reason in reasons:
        raise Refused(reason)


def _unfit(reader: Reader, scenario: Scenario, meeting: int | None) -> Iterator[str]:
    """Why the scenario cannot be recommended at this meeting, whatever it says."""
    if scenario.owner is not None:
        yield f"{scenario.name} är en ledamots eget. Kopiera det till rådets scenarier först."
    if scenario.put_away:
        yield f"{scenario.name} är undanlagt. Ta fram det först."
    states = reader.rows(
        "SELECT state FROM recommendation WHERE scenario = $id ORDER BY id DESC LIMIT 1", id=scenario.id
    )
    if states and states[0][0] in ("made", "decided"):
        yield f"{scenario.name} är redan rådets rekommendation ({RECOMMENDATION_STATES[states[0][0]]})."
    if scenario.call is not None:
        out = reader.rows(
            "SELECT project.code FROM scenario_line JOIN project ON project.id = scenario_line.project "
            "JOIN proposal ON proposal.project = project.id AND proposal.call = $call "
            "WHERE scenario_line.scenario = $id AND scenario_line.choice <> 'out' "
            "GROUP BY project.code HAVING BOOL_AND(COALESCE(proposal.state, '') IN ('withdrawn', 'moved')) ORDER BY 1",
            call=scenario.call,
            id=scenario.id,
        )
        if out:
            yield f"{join_words([code for (code,) in out])} är återkallade eller flyttade. Lämna dem utanför först."
    waiting = reader.value(
        "SELECT MIN(recommendation.code) FROM recommendation JOIN scenario "
        "ON scenario.id = recommendation.scenario WHERE scenario.call IS NOT DISTINCT FROM $call "
        "AND scenario.year = $year AND recommendation.state = 'made'",
        call=scenario.call,
        year=scenario.year,
    )
    if waiting is not None:
        yield f"Rekommendationen {waiting} om samma sak väntar redan på nämndens beslut."
    if meeting is None:
        return
    held = reader.records(Meeting, "WHERE id = $id", id=meeting)
    if not held:
        yield "Mötet finns inte längre. Läs in sidan igen."
        return
    if Scope(held[0].year, held[0].call) != scope_of(scenario):
        yield f"{scenario.name} gäller något annat än mötet."
    if held[0].state == "planned":
        yield "Mötet har inte börjat. Börja det under Mötet först."


def _unready(rests: Basis) -> Iterator[str]:
    """Why what the scenario says cannot be recommended."""
    if not rests.snapshot.matters:
        yield "Scenariot säger inget om något ärende. Behandla dem först."
    if rests.not_considered:
        names = [f"{one.title} ({one.code})" for one in rests.not_considered]
        if len(names) == 1:
            yield f"{names[0]} är inte behandlat. Ge det ett belopp eller lämna det utanför."
        else:
            most = 5
            listed = join_words([*names[:most], *([f"{len(names) - most} till"] if len(names) > most else [])])
            yield f"{listed} är inte behandlade. Ge dem ett belopp eller lämna dem utanför."
    again = [
        one.code
        for one in rests.snapshot.matters
        if any(line.choice == "grant" and (one.project, line.year) in rests.granted for line in one.lines)
    ]
    if again:
        yield (
            f"{join_words(again)} har redan beviljats medel i utlysningen. Det ändras genom ett senare beslut om samma "
            "rekommendation, inte genom en ny."
        )
    for room in rests.room:
        if room.free_after is not None and room.free_after < 0 and room.here.firm > room.taken:
            yield f"Det ryms inte: {room.year} fattas {format_sek(-room.free_after)}. Minska något först."


def _propose(work: Work, rests: Basis, scope: Scope, source: str) -> None:
    """Let the ledger say what the council proposes, in the place of what was proposed for the same matter and year."""
    gone: list[tuple[Entry, str]] = []
    posted: list[Entry] = []
    proposed = statements(work, "kind = 'proposed' AND funder = $funder", funder=rests.funder)
    for matter in rests.snapshot.matters:
        own = [
            one
            for one in proposed
            if (one.project == matter.project if matter.project is not None else
                one.project is None and one.call == matter.call)
        ]  # fmt: skip
        left_out = any(line.choice == "out" for line in matter.lines)
        wanted = {
            line.year: Entry(
                Kind.PROPOSED, line.year, rests.funder, matter.project,
                scope.call if matter.project is not None else matter.call, amount=Decimal(line.amount or 0),
                open=int(line.amount is None), condition=line.condition, source=source,
            )
            for line in matter.lines
            if line.choice != "out"
        }  # fmt: skip
        for old in own:
            new = wanted.get(old.year)
            if new is None and not (left_out and old.year >= scope.year):
                continue
            if new is not None and _says(old) == _says(new):
                del wanted[old.year]
            else:
                gone.append((old, source))
        posted += wanted.values()
    take_back(work, gone)
    work.post(posted)


def _says(entry: Entry) -> tuple[object, ...]:
    return entry.year, entry.amount, entry.open, entry.condition


# The board's decision


def _refuse_out_of_turn(found: Recommendation, earlier: Sequence[Resolution], corrects: int | None) -> None:
    if found.state == "sent_back":
        raise Refused(
            f"{found.code} är återremitterad. Rådet lämnar en ny rekommendation, som nämnden sedan beslutar om."
        )
    latest = earlier[-1] if earlier else None
    if latest is None:
        if corrects is not None:
            raise SaveConflict("Beslutet som skulle rättas finns inte längre. Läs in sidan igen.")
        return
    if corrects is None:
        raise SaveConflict(
            f"Nämnden har redan beslutat om {found.code} ({format_date(latest.decided)}, {latest.reference}). Ett "
            "beslut ändras bara av ett senare beslut."
        )
    if corrects != latest.id:
        raise SaveConflict(
            f"Det finns ett senare beslut om {found.code} ({format_date(latest.decided)}, {latest.reference}). Läs in "
            "sidan igen."
        )


def refuse_incomplete(minutes: Minutes, today: date, made: date, corrected: date | None = None) -> None:
    """Raise Refused when the minutes do not hang together.

    ``made`` is the day of the recommendation, ``corrected`` that of the decision that this one takes the place of.
    """
    if minutes.verdict not in VERDICTS:
        raise Refused("Välj vad nämnden beslutade.")
    missing = [
        word
        for word, there in (
            ("vilket datum beslutet togs", minutes.decided), ("vilken nämnd som beslutade", minutes.board.strip()),
            ("beslutets diarienummer", minutes.reference.strip()),
        )
        if not there
    ]  # fmt: skip
    if missing:
        raise Refused(f"Fyll i {join_words(missing)}.")
    assert minutes.decided is not None
    day = format_date(minutes.decided)
    if minutes.decided > today:
        raise Refused(f"Beslutsdatumet {day} har inte varit än.")
    if minutes.decided < made:
        raise Refused(f"Beslutsdatumet {day} är före rekommendationen, som lämnades {format_date(made)}.")
    if corrected is not None and minutes.decided < corrected:
        raise Refused(f"Beslutsdatumet {day} är före det beslut som rättas ({format_date(corrected)}).")


def _refuse_twice(
    reader: Reader, found: Recommendation, scope: Scope, wanted: Mapping[Key, Sequence[Line]], before: Decided | None
) -> None:
    """Refuse to grant anew what the board has granted since, on a later recommendation about the same."""
    later = reader.records(
        Recommendation,
        "WHERE id > $id AND state = 'decided' AND scenario IN "
        "(SELECT id FROM scenario WHERE call IS NOT DISTINCT FROM $call AND year = $year) ORDER BY id",
        id=found.id, call=scope.call, year=scope.year,
    )  # fmt: skip
    own = set() if before is None else _grants((one.key, one.said) for one in before.matters)
    for other in later:
        (latest,) = reader.records(Resolution, "WHERE recommendation = $id ORDER BY number DESC LIMIT 1", id=other.id)
        decided = thaw_decided(latest.frozen).matters
        again = (_grants(wanted.items()) - own) & _grants((one.key, one.said) for one in decided)
        names = [one.title for one in decided if any(one.key == key for key, _ in again)]
        if names:
            raise Refused(
                f"Nämnden har redan beviljat {join_words(names)} medel genom beslutet om {other.code}. Rätta det "
                "beslutet i stället."
            )


def _grants(matters: Iterable[tuple[Key, Sequence[Line]]]) -> set[tuple[Key, int]]:
    return {(key, line.year) for key, lines in matters for line in lines if line.choice == "grant"}


def _wanted(
    snapshot: Snapshot, verdict: str, lines: Mapping[Key, Sequence[Line]] | None
) -> dict[Key, tuple[Line, ...]]:
    """Each matter's lines as decided; nothing when the board gave nothing."""
    if verdict not in GIVES:
        if lines:
            raise Refused("Ett avslag eller en återremiss ger inga belopp.")
        return {}
    recommended = {one.key: tuple(sorted(one.lines, key=_order)) for one in snapshot.matters}
    changed = {key: _clean(snapshot, key, own) for key, own in (lines or {}).items()}
    differs = {key for key, own in changed.items() if own != recommended[key]}
    if verdict == "approved" and differs:
        raise Refused("Beslutet avviker från förslaget. Välj beslut med ändringar.")
    if verdict == "changed" and not differs:
        raise Refused("Inget är ändrat mot förslaget. Välj beslut enligt förslaget.")
    return recommended | changed


def _clean(snapshot: Snapshot, key: Key, lines: Sequence[Line]) -> tuple[Line, ...]:
    matter = next((one for one in snapshot.matters if one.key == key), None)
    if matter is None:
        raise Refused(
            "Nämnden beslutar om ärenden i rekommendationen. Ett annat ärende behöver en egen rekommendation."
        )
    for line in lines:
        if line.choice not in CHOICES or (line.choice == "grant" and (line.amount is None or matter.project is None)):
            raise Refused(f"{matter.title}: bara ett projekt kan beviljas medel, och då med ett belopp.")
        if line.choice != "out" and line.amount is not None and not 0 < line.amount <= MOST:
            raise Refused(f"{matter.title}: ett belopp ska vara större än noll och högst {format_sek(MOST)}.")
        if line.choice == "out" and (line.amount is not None or line.condition is not None):
            raise Refused(f"{matter.title}: det som lämnas utanför har inget belopp.")
    years = [line.year for line in lines]
    if not lines or len(set(years)) < len(years) or ({"out"} < {line.choice for line in lines}):
        raise Refused(f"{matter.title}: säg en sak för varje år, eller lämna ärendet utanför.")
    return tuple(sorted(lines, key=_order))


def _order(line: Line) -> int:
    return line.year


def _post(
    work: Work,
    snapshot: Snapshot,
    wanted: Mapping[Key, tuple[Line, ...]],
    before: Decided | None,
    funder: int,
    call: int | None,
    reference: str,
) -> tuple[DecidedMatter, ...]:
    """Put the decision in the ledger; return each matter with what its lines used and posted."""
    kept, changed = _split(wanted, before, call)
    again = f"rättat genom beslut {reference}"
    for own in changed:
        take_back(work, ((entry, again) for entry in _posted_for(work, own)))
        work.post(_used_by(own, funder, again))
    source = f"beslut {reference}"
    order, outcome = _carried_out(snapshot, wanted, kept, reserved_now(work, funder), funder, call, source)
    take_back(work, ((entry, source) for entry in outcome.gone))
    posted = [effect.posted for effect in outcome.effects if effect.posted is not None]
    numbers = iter(work.post(posted))
    work.post(outcome.rest)
    carried: dict[Key, list[Carried]] = {}
    for one, effect in zip(order, outcome.effects, strict=True):
        entry = None if effect.posted is None else next(numbers)
        carried.setdefault((one.project, one.call), []).append(Carried(one.line, effect.taken, entry))
    return tuple(
        kept.get(one.key) or DecidedMatter(one.project, one.call, one.code, one.title, tuple(carried.get(one.key, ())))
        for one in snapshot.matters
        if one.key in wanted
    )


def _split(
    wanted: Mapping[Key, tuple[Line, ...]], before: Decided | None, call: int | None
) -> tuple[dict[Key, DecidedMatter], list[DecidedMatter]]:
    """What an earlier decision said that stays as it is, by matter; and what is to be taken back."""
    earlier = {one.key: one for one in before.matters} if before is not None else {}
    kept = {key: own for key, own in earlier.items() if set(own.said) == set(wanted.get(key, ()))}
    if len(kept) < len(wanted.keys() | earlier.keys()):
        # What is set aside for the call is what is left besides the grants: it follows them.
        kept.pop((None, call), None)
    return kept, [own for key, own in earlier.items() if key not in kept]


def _carried_out(
    snapshot: Snapshot,
    wanted: Mapping[Key, tuple[Line, ...]],
    kept: Container[Key],
    reserved: Iterable[Entry],
    funder: int,
    call: int | None,
    source: str,
) -> tuple[list[Wanted], Outcome]:
    order = [
        Wanted(one.project, one.call, line)
        for one in snapshot.matters
        if one.key not in kept
        for line in wanted.get(one.key, ())
    ]
    return order, carry_out(order, reserved, call, funder, source)


def _posted_for(reader: Reader, matter: DecidedMatter) -> list[Entry]:
    """The entries that state what an earlier decision said of a matter, to take back."""
    numbers = [one.entry for one in matter.lines if one.entry is not None]
    stands = statements(reader, "id IN (SELECT UNNEST($ids))", ids=numbers)
    if len(stands) < len(numbers):
        raise Refused(
            f"{matter.title}: det som beslutades har ändrats eller använts sedan dess, och kan inte rättas här. Rätta "
            "det senare beslutet först."
        )
    return stands


def _used_by(matter: DecidedMatter, funder: int, source: str) -> list[Entry]:
    """What an earlier decision used for a matter, to set aside again."""
    return [_again(taken, funder, source) for one in matter.lines for taken in one.taken]


def _again(taken: Taken, funder: int, source: str) -> Entry:
    return Entry(
        Kind.RESERVED, taken.year, funder, taken.project, taken.call, taken.area, taken.amount, taken.open,
        taken.condition, source=source,
    )  # fmt: skip


# What is said of each project


def _decision(
    project: int | None, kind: str, lines: Sequence[Line], recommendation: int, about: Mapping[str, Any]
) -> dict[str, Any]:
    choices = {line.choice for line in lines}
    outcome = "granted" if "grant" in choices else "reserved" if "reserve" in choices else "rejected"
    text = "; ".join(f"{line.year}: {said(line)}" for line in lines if line.choice != "out")
    return {
        "board": None, "paragraph": None, "immediate_approval": None, **about, "project": project, "kind": kind,
        "outcome": outcome, "text": text or None, "recommendation": recommendation,
    }  # fmt: skip


def _write_decisions(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """One of each kind for a project and recommendation: a later decision takes the place of the earlier.

    People know a project's decision by its reference. One under the same reference as another, that was made on
    another recommendation or read from a file, gets its day with it.
    """
    stands = work.records(Decision, "WHERE project IN (SELECT UNNEST($ids))", ids=[row["project"] for row in rows])
    made = []
    for row in rows:
        own = [one for one in stands if (one.project, one.kind) == (row["project"], row["kind"])]
        old = next((one for one in own if one.recommendation == row["recommendation"]), None)
        taken = {one.reference for one in own if one is not old}
        values = {**row, "reference": _free(row["reference"], row["decided"], taken)}
        if old is None:
            made.append(values)
        else:
            work.update(Decision, old.id, values, None, _SOURCE)
    work.create_many(Decision, made, [_SOURCE] * len(made))


def _free(reference: str, day: date, taken: Container[str]) -> str:
    dated = f"{reference}, {format_date(day)}"
    return next(one for one in (reference, dated, *(f"{dated} ({n})" for n in range(2, 1000))) if one not in taken)


def _close_call(work: Work, number: int) -> None:
    """A call whose money has been decided on is decided, if that is its next step."""
    found = work.records(Call, "WHERE id = $id", id=number)
    if found and found[0].state == "assessment":
        work.update(Call, number, {"state": "decided"}, None, _SOURCE)
