"""What an undoing may not bring about: the rules of a call's round hold also for who takes something back.

A whole call that comes or goes, as when an import is undone, is not asked about. Otherwise what was done before a
call was opened, moved on or decided is not undone after it, and nobody undoes what they may not do by hand. Who does
something by mistake can undo it at once: what counts is what has happened in the call since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from fou.access import Action, Person
from fou.errors import Forbidden, UndoRefused
from fou.model import CALL_STATES, PROPOSAL_STATES
from fou.store import Work
from fou.store.sight import HOLDS, OPENED, chains
from fou.store.work import from_json

#: An application that is out of its call, as ``fou.calls.OUT`` says: that lies above the ledger.
OUT = ("withdrawn", "moved")
_STATE, _EITHER = ("state",), ("state", "scores_open")
#: What may still be changed in a ground for priority when its call is open.
_GUIDANCE = {"guidance", "source"}


@dataclass(frozen=True, slots=True)
class _Round:
    """A call that was there before the undoing and still is: its state then and now, and whether it was opened."""

    id: int
    code: str
    before: str
    now: str
    was_open: bool
    is_open: bool

    @property
    def decided(self) -> bool:
        return self.before == "decided"


@dataclass(frozen=True, slots=True)
class _Step:
    """What the undoing does to one record, None where it is not there.

    ``whole`` when the application that the record belongs to comes or goes with it; ``code`` and ``state`` are that
    application's, as it is now.
    """

    record: str
    id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    whole: bool
    code: str
    state: str | None

    @property
    def image(self) -> dict[str, Any]:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def changed(self) -> set[str]:
        """The fields that differ; all of them when it comes or goes."""
        if self.before is None or self.after is None:
            return set(self.image)
        return {name for name in self.after if self.after[name] != self.before.get(name)}


@dataclass(frozen=True, slots=True)
class _Undoing:
    """Who undoes which batch, of what kind, and the work under way, where it has already been done.

    ``own`` are the applications that the person was in conflict over before it.
    """

    work: Work
    person: Person
    number: int
    kind: str
    own: frozenset[int]
    _latest: dict[tuple[int, Sequence[str]], int] = field(default_factory=dict)

    def refuse(self, why: str) -> NoReturn:
        raise UndoRefused(f"Post {self.number} kan inte ångras: {why}")

    def is_before(self, call: _Round, fields: Sequence[str]) -> bool:
        """Whether the batch was posted before any of these fields of the call was last changed."""
        if (call.id, fields) not in self._latest:
            differs = " OR ".join(f"(before ->> '{name}') IS DISTINCT FROM (after ->> '{name}')" for name in fields)
            self._latest[call.id, fields] = self.work.value(
                "SELECT COALESCE(MAX(batch), 0) FROM change WHERE record = 'call' AND id = $id AND batch < $batch "
                f"AND (before IS NULL OR after IS NULL OR {differs})",
                id=call.id,
                batch=self.work.batch,
            )
        return self.number < self._latest[call.id, fields]

    def since(self) -> list[int]:
        """The later batches that count: not those that have been undone, nor the undoing of them."""
        gone: set[int] = set()
        for batch, undoes in self.work.rows(
            "SELECT id, undoes FROM batch WHERE id > $number AND id < $batch ORDER BY id DESC",
            number=self.number,
            batch=self.work.batch,
        ):
            if batch not in gone and undoes is not None and undoes > self.number:
                gone |= {batch, undoes}
        return [
            batch
            for (batch,) in self.work.rows(
                "SELECT id FROM batch WHERE id > $number AND id < $batch", number=self.number, batch=self.work.batch
            )
            if batch not in gone
        ]

    def is_latest_in(self, call: _Round) -> bool:
        """Whether nothing has been done in the call since the batch."""
        return not self.work.value(
            """
            WITH own AS (SELECT id, project FROM proposal WHERE call = $call)
            SELECT COUNT(*) FROM (
                SELECT batch FROM entry WHERE call = $call OR project IN (SELECT project FROM own)
                UNION ALL
                SELECT batch FROM change
                WHERE (record = 'call' AND id = $call)
                   OR (record = 'project' AND id IN (SELECT project FROM own))
                   OR (record IN ('criterion', 'proposal')
                       AND CAST(COALESCE(after, before) ->> 'call' AS INTEGER) = $call)
                   OR (record IN ('proposal_cost', 'score', 'conflict')
                       AND CAST(COALESCE(after, before) ->> 'proposal' AS INTEGER) IN (SELECT id FROM own))
            ) AS done WHERE batch IN (SELECT UNNEST($since))
            """,
            call=call.id,
            since=self.since(),
        )


def refuse_unlawful(work: Work, person: Person, number: int) -> None:
    """Ask, once the batch has been undone within the work under way, whether a call's rules still hold.

    Raises UndoRefused, saying what to do instead, and Forbidden for who must leave it to somebody else: then the work
    is not saved.
    """
    calls = _calls(work)
    if not calls:
        return
    kind = work.value("SELECT kind FROM batch WHERE id = $id", id=number)
    undoing = _Undoing(work, person, number, kind, _own_conflicts(work, person))
    for step, call in _steps(work, calls):
        _RULES[step.record](undoing, call, step)
    _entries(undoing, calls)


def _calls(work: Work) -> dict[int, _Round]:
    """The calls that were there before the undoing and still are."""
    touched = {
        number: from_json(before) if before else None
        for number, before in work.rows(
            "SELECT id, before FROM change WHERE batch = $batch AND record = 'call'", batch=work.batch
        )
    }
    found = {}
    for number, code, state, opened in work.rows(f"SELECT id, code, state, {OPENED} FROM call"):
        image = touched.get(number, {})
        if image is not None:
            before = image.get("state", state)
            said = image.get("scores_open")
            was_open = opened if not image else before == "decided" if said is None else said
            found[number] = _Round(number, code, before, state, bool(was_open), bool(opened))
    return found


def _steps(work: Work, calls: dict[int, _Round]) -> list[tuple[_Step, _Round]]:
    rows = work.rows(
        """
        WITH done AS (
            SELECT record, id, before, after,
                   CAST(COALESCE(after, before) ->> 'proposal' AS INTEGER) AS proposal,
                   CASE record WHEN 'call' THEN id ELSE CAST(COALESCE(after, before) ->> 'call' AS INTEGER) END AS call
            FROM change
            WHERE batch = $batch
              AND record IN ('call', 'criterion', 'proposal', 'proposal_cost', 'score', 'conflict')
        ),
        whole AS (SELECT id, call FROM done WHERE record = 'proposal' AND (before IS NULL OR after IS NULL))
        SELECT done.record, done.id, done.before, done.after, whole.id IS NOT NULL AS whole,
               COALESCE(proposal.code, ''), proposal.state, COALESCE(done.call, proposal.call, whole.call) AS its_call
        FROM done
        LEFT JOIN proposal ON proposal.id = done.proposal
        LEFT JOIN whole ON whole.id = done.proposal
        WHERE its_call IN (SELECT UNNEST($calls))
        ORDER BY done.record, done.id
        """,
        batch=work.batch,
        calls=list(calls),
    )
    return [
        (
            _Step(
                record, number, from_json(before) if before else None, from_json(after) if after else None, *of
            ),
            calls[call],
        )
        for record, number, before, after, *of, call in rows
    ]  # fmt: skip


def _call(undoing: _Undoing, call: _Round, step: _Step) -> None:
    if step.before is None or step.after is None or undoing.is_latest_in(call):
        return
    if call.before != call.now:
        _state(undoing, call)
    if call.was_open != call.is_open and call.before != "assessment":
        undoing.refuse(
            f"utlysningen {call.code} är {CALL_STATES[call.before]}, och bedömningarna öppnas och stängs bara medan "
            "den är under bedömning."
        )
    if step.changed - {*_EITHER, "source"} and call.before != "draft" and undoing.is_before(call, _STATE):
        undoing.refuse(
            f"utlysningen {call.code} har blivit {CALL_STATES[call.before]} sedan dess. Ändra det som fortfarande går "
            "att ändra på utlysningens egen sida."
        )


def _state(undoing: _Undoing, call: _Round) -> None:
    """The way back has the rules of "Tillbaka ett steg"; the way on is the call's own, with all that must be done."""
    work, order = undoing.work, list(CALL_STATES)
    if call.decided:
        undoing.refuse(
            f"utlysningen {call.code} är beslutad, och mer har hänt i den sedan beslutet. Ångra det först, det senaste "
            "först, eller låt beslutet stå."
        )
    back = order.index(call.before) - order.index(call.now)
    if back < 0:
        undoing.refuse(
            f"utlysningen {call.code} har ändrats sedan dess, och det kan finnas mer att göra innan den är "
            f"{CALL_STATES[call.now]}. För den vidare på utlysningens egen sida."
        )
    if back > 1:
        undoing.refuse(f"utlysningen {call.code} har gått flera steg. Ta den tillbaka ett steg i taget på dess sida.")
    if call.now == "draft" and work.value("SELECT COUNT(*) FROM proposal WHERE call = $call", call=call.id):
        undoing.refuse(
            f"ansökningar har redan kommit in i {call.code}. Flytta dem till en annan utlysning, eller låt den vara "
            "öppen."
        )
    if call.before == "assessment" and _has_scores(work, call):
        undoing.refuse(f"ledamöter har redan bedömt ansökningar i {call.code}. Utlysningen kan inte gå tillbaka.")


def _criterion(undoing: _Undoing, call: _Round, step: _Step) -> None:
    only_guidance = step.before is not None and step.after is not None and step.changed <= _GUIDANCE
    if call.decided and undoing.is_before(call, _STATE):
        undoing.refuse(f"utlysningen {call.code} är beslutad, och dess prioriteringsgrunder ska stå som de var då.")
    if only_guidance:
        return
    if call.now != "draft" and undoing.is_before(call, _STATE):
        undoing.refuse(
            f"utlysningen {call.code} är {CALL_STATES[call.now]}. Grunder, vikter och skalor ska vara desamma för alla "
            "som söker. Vägledningen kan du ändra på utlysningens sida."
        )
    if undoing.work.value(
        "SELECT COUNT(*) FROM change JOIN proposal ON proposal.id = CAST(after ->> 'proposal' AS INTEGER) "
        "WHERE record = 'score' AND proposal.call = $call AND batch > $number AND batch < $batch",
        call=call.id,
        number=undoing.number,
        batch=undoing.work.batch,
    ) and _has_scores(undoing.work, call):
        undoing.refuse(
            f"ledamöter har bedömt ansökningar i {call.code} efter grunderna som de är nu. De kan inte bytas under dem."
        )


def _score(undoing: _Undoing, call: _Round, step: _Step) -> None:
    if step.whole:
        return
    if call.before != "assessment" or call.was_open or call.is_open:
        if undoing.is_before(call, _EITHER):
            undoing.refuse(
                f"bedömningarna i {call.code} är öppnade och kan inte ändras. Be ordföranden stänga dem, så att "
                "ledamoten kan rätta sin bedömning."
                if call.before == "assessment"
                else f"utlysningen {call.code} är {CALL_STATES[call.before]}, och bedömningarna kan inte ändras."
            )
        return
    member = step.image["member"]
    if undoing.person.member != member:
        # What an import has put there can be taken away by who reads files in; what a member has said cannot.
        if undoing.kind in (Action.ASSESS, Action.UNDO):
            raise Forbidden(
                f"Post {undoing.number} är en ledamots bedömning. Den ändrar bara ledamoten själv: be ledamoten rätta "
                "den på sidan Ansökningar."
            )
    elif step.image["proposal"] in undoing.own:
        raise Forbidden("Du är jävig i ansökan och ändrar inte din bedömning av den.")


def _conflict(undoing: _Undoing, call: _Round, step: _Step) -> None:
    if step.whole:
        return
    if call.decided and undoing.is_before(call, _STATE):
        undoing.refuse(f"utlysningen {call.code} är beslutad. Jäv kan inte ändras efter beslutet.")
    person, about = undoing.person, step.image
    if person.member == about["member"]:
        if _holds(step.before) and not _holds(step.after):
            raise Forbidden(
                f"Post {undoing.number} tar bort ditt eget jäv. Be en annan handläggare ångra den, eller ordföranden "
                "avfärda jävet om det är fel."
            )
    elif about["proposal"] in undoing.own:
        raise Forbidden("Du är själv jävig i ansökan. Be någon annan avgöra vem mer som är det.")


def _proposal(undoing: _Undoing, call: _Round, step: _Step) -> None:
    _refuse_decided(undoing, call)
    if step.before is None and call.before not in ("open", "closed") and undoing.is_before(call, _STATE):
        undoing.refuse(
            f"utlysningen {call.code} är {CALL_STATES[call.before]} och tar inte emot ansökningar. Lägg in ansökan i "
            "en annan utlysning."
        )
    if step.before is not None and step.after is not None and step.before["state"] == step.after["state"]:
        _refuse_out(undoing, step.after["code"], step.after["state"])


def _cost(undoing: _Undoing, call: _Round, step: _Step) -> None:
    if step.whole:
        return
    _refuse_decided(undoing, call)
    _refuse_out(undoing, step.code, step.state)


def _entries(undoing: _Undoing, calls: dict[int, _Round]) -> None:
    """No money comes back to an application that is out of its call, and none moves in a call that is decided."""
    for (call,) in undoing.work.rows(
        "SELECT DISTINCT call FROM entry WHERE batch = $batch AND kind IN ('requested', 'reserved') "
        "AND call IS NOT NULL",
        batch=undoing.work.batch,
    ):
        if call in calls:
            _refuse_decided(undoing, calls[call])
    same = "{0}.project = posted.project AND (posted.call IS NULL OR {0}.call = posted.call)"
    out = undoing.work.row(
        "SELECT proposal.code, proposal.state FROM entry AS posted "
        f"JOIN proposal ON {same.format('proposal')} "
        "WHERE posted.batch = $batch AND posted.kind = 'requested' AND (posted.amount > 0 OR posted.open > 0) "
        # An application can have come back to a call that it was moved from.
        f"AND NOT EXISTS (SELECT 1 FROM proposal AS other WHERE {same.format('other')} "
        "AND NOT COALESCE(list_contains($out, other.state), FALSE)) LIMIT 1",
        batch=undoing.work.batch,
        out=list(OUT),
    )
    if out is not None:
        _refuse_out(undoing, *out)


def _refuse_decided(undoing: _Undoing, call: _Round) -> None:
    if call.decided and undoing.is_before(call, _STATE):
        undoing.refuse(
            f"utlysningen {call.code} är beslutad. Dess ansökningar och pengar kan inte ändras. Rätta ett fel belopp i "
            "en ny post."
        )


def _refuse_out(undoing: _Undoing, code: str, state: str | None) -> None:
    if state == "withdrawn":
        undoing.refuse(f"ansökan {code} är återkallad. Ångra återkallelsen först om ansökan ska vara kvar.")
    if state == "moved":
        undoing.refuse(f"ansökan {code} är {PROPOSAL_STATES[state]}. Ändra den i utlysningen som den är i nu.")


def _has_scores(work: Work, call: _Round) -> bool:
    return bool(
        work.value(
            "SELECT COUNT(*) FROM score JOIN proposal ON proposal.id = score.proposal WHERE proposal.call = $call",
            call=call.id,
        )
    )


def _own_conflicts(work: Work, person: Person) -> frozenset[int]:
    """The applications that the person was in conflict over before the undoing."""
    if person.member is None:
        return frozenset()
    touched = {
        number: from_json(before) if before else None
        for number, before in work.rows(
            "SELECT id, before FROM change WHERE batch = $batch AND record = 'conflict'", batch=work.batch
        )
    }
    rows = work.rows(f"SELECT id, proposal FROM conflict WHERE member = $member AND {HOLDS}", member=person.member)
    own = {proposal for number, proposal in rows if number not in touched} | {
        image["proposal"]
        for image in touched.values()
        if image is not None and image["member"] == person.member and _holds(image)
    }
    # It follows the application to every call that it has been moved from or to.
    return frozenset(own.union(*(chain for chain in chains(work) if own.intersection(chain))))


def _holds(image: dict[str, Any] | None) -> bool:
    return image is not None and image.get("state") != "dismissed"


_RULES: dict[str, Callable[[_Undoing, _Round, _Step], None]] = {
    "call": _call,
    "criterion": _criterion,
    "proposal": _proposal,
    "proposal_cost": _cost,
    "score": _score,
    "conflict": _conflict,
}
