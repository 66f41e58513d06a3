"""What a reader may see: what they may not is not in the tables that their cursor sees.

The pages ask the same questions whoever looks, and cannot forget to hide anything: a score that somebody may not see
is in no sum, no list and no file that is made for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fou.access import Action, Person, may
from fou.model import RECORD_BY_TABLE, columns

#: What stands for whoever wrote something, to those who may not see the history.
SOMEBODY = "en handläggare"
#: The tables in which everybody sees everything; every other is limited for somebody.
OPEN = (
    "meta", "setting", "funder", "area", "plan_version", "project", "project_link", "resolution", "decision",
    "follow_up", "follow_up_item", "report_due", "output",
)  # fmt: skip
#: Only for those who see the history: what was changed, who people are, and what they answered about files.
HISTORY = ("change", "weeded", "member", "alias", "import_layout")
#: Only for those who see scores.
SCORES = ("score", "conflict")
#: The council's work before the board has decided: only for those who see drafts.
COUNCIL = ("scenario", "scenario_line", "meeting", "attendance", "recommendation")
#: Only for those who see addresses, or the log of events.
ACCOUNTS, LOG = ("account",), ("event", "event_weeded")
#: Plans and calls under preparation, and what is written for them, are only for those who see drafts.
DRAFTS = ("plan", "call", "criterion", "proposal", "proposal_cost", "entry")

#: What everybody may know of a batch, by column: when it was, and which file it came from.
BATCH = {
    "id": "id", "posted": "posted", "actor": f"'{SOMEBODY}'", "kind": "kind", "note": "''", "file": "file",
    "sha256": "sha256", "undoes": "undoes", "entries": "0", "changes": "0", "total": "CAST(0 AS DECIMAL(18, 2))",
    "salt": "''", "hash": "hash",
}  # fmt: skip
_ENTRY = (
    "id", "batch", "kind", "year", "funder", "project", "call", "area", "amount", "open", "condition", "basis",
    "source", "document", "reverses",
)  # fmt: skip
#: What a call under preparation says to nobody else, also when a decided plan sets money aside for it by its name.
_UNSAID = ("opens", "closes", "text", "source", "assessed", "decides", "rules", "kinds")
#: A conflict of interest that holds: one that is proposed does until somebody dismisses it.
HOLDS = "COALESCE(conflict.state, 'declared') <> 'dismissed'"
#: A call whose members see each other's scores; those of an older file never said so.
OPENED = "COALESCE(call.scores_open, call.state = 'decided')"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees beside what everybody does.

    ``history``: who did what and why. ``scores``: how members have judged proposals, save those that ``member`` is in
    conflict of interest over; without ``ballots`` only ``member``'s own until they are opened, and not when anybody
    judged. ``drafts``: plans and calls under preparation. ``emails``: addresses, accounts and whom to ask about an
    application. ``log``: the log of events.
    """

    history: bool = True
    scores: bool = True
    ballots: bool = True
    drafts: bool = True
    emails: bool = True
    log: bool = True
    member: int | None = None


#: Sees all there is. Reading so costs nothing extra.
EVERYTHING = Sight()


class Tables(Protocol):
    """What a sight is laid over: the tables now, or as of an earlier batch."""

    def now(self, name: str) -> str:
        """The table as it is, to stand after FROM."""

    def then(self, name: str) -> str:
        """The table as the reader is to see it."""

    def plan_at(self, batch: int) -> str:
        """A SELECT of the plans as they were after this batch."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer to a question to these tables."""


class Asks(Protocol):
    """What answers SQL, as a Reader does."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""


def sight_of(person: Person) -> Sight:
    """What the person may see, by the table of permissions."""
    scores = may(person, Action.SEE_SCORES)
    return Sight(
        history=may(person, Action.SEE_HISTORY),
        scores=scores,
        ballots=may(person, Action.SEE_BALLOTS),
        drafts=may(person, Action.SEE_DRAFTS),
        emails=may(person, Action.SEE_EMAIL),
        log=may(person, Action.SEE_LOG),
        member=person.member if scores else None,
    )


def members_apart(reader: Asks) -> frozenset[int]:
    """The members who do not see what every other member does: in conflict, or with scores that are theirs alone."""
    rows = reader.rows(
        "SELECT DISTINCT score.member FROM score JOIN proposal ON proposal.id = score.proposal "
        f"JOIN call ON call.id = proposal.call WHERE NOT {OPENED} UNION SELECT member FROM conflict"
    )
    return frozenset(member for (member,) in rows)


def in_conflict(asks: Asks, member: int, table: Callable[[str], str] = str) -> frozenset[int]:
    """The proposals that the member is in conflict over, wherever an application has been moved from or to.

    What is said of an application holds for it in every call that it has been in, and where the calls differ it is
    also as the latest of them says. ``table`` gives what stands after FROM for a table's name.
    """
    said = dict(
        asks.rows(f"SELECT conflict.proposal, {HOLDS} FROM {table('conflict')} WHERE conflict.member = {int(member)}")
    )
    if not said:
        return frozenset()
    found = {proposal for proposal, holds in said.items() if holds}
    for chain in chains(asks, table):
        latest = next((said[proposal] for proposal in reversed(chain) if proposal in said), False)
        if latest:
            found.update(chain)
    return frozenset(found)


def chains(asks: Asks, table: Callable[[str], str] = str) -> list[list[int]]:
    """The proposals that are one application that has been moved from call to call, each in the order it was moved."""
    moved = dict(asks.rows(f"SELECT id, moved_to FROM {table('proposal')} WHERE moved_to IS NOT NULL"))
    found = []
    for first in sorted(moved.keys() - set(moved.values())):
        chain = [first]
        while chain[-1] in moved and moved[chain[-1]] not in chain:
            chain.append(moved[chain[-1]])
        found.append(chain)
    return found


def limits(sight: Sight, tables: Tables) -> Mapping[str, str]:
    """The SELECT that each table becomes whose content the reader may not see whole."""
    found: dict[str, str] = {}
    # As it is now, whatever the date that they look at.
    own = frozenset() if sight.member is None else in_conflict(tables, sight.member, tables.now)
    hidden = [
        *(() if sight.history else HISTORY),
        *(() if sight.scores else SCORES),
        *(() if sight.drafts else ("change", *COUNCIL)),
        *(() if sight.emails else ACCOUNTS),
        *(() if sight.log else LOG),
    ]
    found |= {name: f"SELECT * FROM {tables.then(name)} WHERE FALSE" for name in hidden}
    if not sight.drafts:
        found |= _without_drafts(tables)
    if not sight.history:
        fields = ", ".join(f"{value} AS {name}" for name, value in BATCH.items())
        found["batch"] = f"SELECT {fields} FROM {tables.then('batch')}"
        found["entry"] = _without_authors(tables, found.get("entry"))
    elif not sight.emails:
        fields = ", ".join(
            "CAST(NULL AS VARCHAR) AS email" if name == "email" else name for name in columns(RECORD_BY_TABLE["member"])
        )
        found["member"] = f"SELECT {fields} FROM {tables.then('member')}"
    if not sight.emails:
        found["proposal"] = _without_contacts(tables, found.get("proposal"))
    if sight.scores:
        seen = _scores_seen(sight, tables, own)
        if seen:
            found["score"] = f"SELECT * FROM {tables.then('score')} WHERE {' AND '.join(seen)}"
        if own:
            found["conflict"] = (
                f"SELECT * FROM {tables.then('conflict')} WHERE member = {sight.member} OR {_none_of('proposal', own)}"
            )
            if sight.drafts:
                found["recommendation"] = _without_apart(own, tables)
        if not sight.ballots and sight.history:
            found["batch"] = f"SELECT * FROM {tables.then('batch')} WHERE kind <> 'assess'"
    return _without_images(sight, tables, own) | found


def _scores_seen(
    sight: Sight, tables: Tables, own: frozenset[int], proposal: str = "proposal", member: str = "member"
) -> list[str]:
    """What holds for the scores that the reader sees, in SQL over a score's proposal and member."""
    seen = [_none_of(proposal, own)] if own else []
    if not sight.ballots:
        # As it is now, whatever the date that they look at: what is opened is open, and what is not is not.
        opened = (
            f"{proposal} IN (SELECT proposal.id FROM {tables.now('proposal')} AS proposal "
            f"JOIN {tables.now('call')} AS call ON call.id = proposal.call WHERE {OPENED})"
        )
        seen.append(opened if sight.member is None else f"({opened} OR {member} = {int(sight.member)})")
    return seen


def _without_apart(own: frozenset[int], tables: Tables) -> str:
    """The recommendations, less what was kept apart in those that the member is in conflict of interest over.

    One application in a call is enough, for the places of the others tell of its.
    """
    fields = ", ".join(
        f"CASE WHEN scenario IN {_scenarios_in_conflict(tables, own)} THEN '' ELSE apart END AS apart"
        if name == "apart"
        else name
        for name in columns(RECORD_BY_TABLE["recommendation"])
    )
    return f"SELECT {fields} FROM {tables.then('recommendation')}"


def _scenarios_in_conflict(tables: Tables, own: frozenset[int]) -> str:
    """The scenarios of calls with an application that the member is in conflict over, and those with a line of it."""
    numbers = ", ".join(str(number) for number in sorted(own))
    mine = f"SELECT call, project FROM {tables.now('proposal')} AS proposal WHERE id IN ({numbers})"
    return (
        f"(SELECT id FROM {tables.now('scenario')} AS scenario WHERE call IN (SELECT call FROM ({mine}) AS mine) "
        f"UNION SELECT scenario FROM {tables.now('scenario_line')} AS scenario_line "
        f"WHERE project IN (SELECT project FROM ({mine}) AS mine))"
    )


def _without_contacts(tables: Tables, proposals: str | None) -> str:
    fields = ", ".join(
        "CAST(NULL AS VARCHAR) AS contact" if name == "contact" else name
        for name in columns(RECORD_BY_TABLE["proposal"])
    )
    return f"SELECT {fields} FROM {tables.then('proposal') if proposals is None else f'({proposals}) AS proposal'}"


def _none_of(column: str, numbers: frozenset[int]) -> str:
    return f"{column} NOT IN ({', '.join(str(number) for number in sorted(numbers))})"


def _without_images(sight: Sight, tables: Tables, own: frozenset[int]) -> dict[str, str]:
    """The changes, less the images of records that the reader may not see."""
    kept = []
    proposal, member = (f"CAST(COALESCE(after, before) ->> '{name}' AS INTEGER)" for name in ("proposal", "member"))
    if not sight.scores:
        kept.append("record NOT IN ('score', 'conflict')")
    else:
        seen = _scores_seen(sight, tables, own, proposal, member)
        if seen:
            kept.append(f"(record <> 'score' OR ({' AND '.join(seen)}))")
        if own:
            kept.append(f"(record <> 'conflict' OR {member} = {sight.member} OR {_none_of(proposal, own)})")
            scenario = "CAST(COALESCE(after, before) ->> 'scenario' AS INTEGER)"
            kept.append(f"(record <> 'recommendation' OR {scenario} NOT IN {_scenarios_in_conflict(tables, own)})")
    if not sight.emails:
        kept.append("record NOT IN ('member', 'account')")
    if not kept:
        return {}
    fields = "*"
    if not sight.emails:
        fields = "batch, position, record, id, " + ", ".join(f"{_WITHOUT_CONTACT.format(name)}" for name in _IMAGES)
        fields += ", source, salt"
    return {"change": f"SELECT {fields} FROM {tables.then('change')} WHERE {' AND '.join(kept)}"}


_IMAGES = ("before", "after")
#: A proposal's image without whom to ask.
_WITHOUT_CONTACT = (
    "CASE WHEN record = 'proposal' AND {0} IS NOT NULL "
    "THEN CAST(json_merge_patch({0}, '{{\"contact\": null}}') AS VARCHAR) ELSE {0} END AS {0}"
)


def _without_drafts(tables: Tables) -> dict[str, str]:
    """Plans and calls without those under preparation; a plan under revision as it was decided last."""
    found: dict[str, str] = {}
    names = ", ".join(columns(RECORD_BY_TABLE["plan"]))
    shown, hidden = [], []
    for year, number, head in tables.rows(
        "SELECT plan.year, plan.id, MAX(CASE WHEN plan.state = 'revision' THEN plan_version.head END) "
        f"FROM {tables.then('plan')} LEFT JOIN {tables.then('plan_version')} ON plan_version.year = plan.year "
        "WHERE plan.state IN ('draft', 'revision') GROUP BY plan.year, plan.id"
    ):
        if head is not None:
            shown.append(f"SELECT {names} FROM ({tables.plan_at(head)}) AS plan WHERE id = {number}")
            hidden.append(f"year = {year} AND kind IN ('frame', 'planned') AND batch > {head}")
            continue
        # A frame that stood before anybody began on the plan is no part of the draft.
        begun = tables.rows(f"SELECT MIN(batch) FROM {tables.now('change')} WHERE record = 'plan' AND id = {number}")
        hidden.append(f"year = {year} AND (kind = 'planned' OR (kind = 'frame' AND batch >= {begun[0][0] or 0}))")
    if hidden:
        others = f"SELECT {names} FROM {tables.then('plan')} WHERE state NOT IN ('draft', 'revision')"
        found["plan"] = " UNION ALL ".join([others, *shown])
    passing = ", ".join(str(number) for number in _never_decided(tables))
    if passing:
        hidden.append(f"id IN ({passing})")
    if hidden:
        found["entry"] = f"SELECT * FROM {tables.then('entry')} WHERE NOT ({' OR '.join(f'({one})' for one in hidden)})"
    calls = ", ".join(str(number) for (number,) in tables.rows(f"SELECT id FROM {tables.then('call')} {_DRAFT}"))
    if calls:
        entries = f"({found['entry']}) AS entry" if "entry" in found else tables.then("entry")
        fields = ", ".join(
            f"CASE WHEN state = 'draft' THEN NULL ELSE {name} END AS {name}" if name in _UNSAID else name
            for name in columns(RECORD_BY_TABLE["call"])
        )
        found["call"] = (
            f"SELECT {fields} FROM {tables.then('call')} WHERE state <> 'draft' "
            f"OR id IN (SELECT call FROM {entries} WHERE call IN ({calls}))"
        )
        for name in ("criterion", "proposal"):
            found[name] = f"SELECT * FROM {tables.then(name)} WHERE call NOT IN ({calls})"
        theirs = f"SELECT id FROM {tables.then('proposal')} WHERE call IN ({calls})"
        found["proposal_cost"] = f"SELECT * FROM {tables.then('proposal_cost')} WHERE proposal NOT IN ({theirs})"
    return found


_DRAFT = "WHERE state = 'draft'"


def _never_decided(tables: Tables) -> list[int]:
    """The entries of a plan's lines that somebody wrote and took back between two decisions.

    They stood in no version of the plan, only in drafts of it.
    """
    heads: dict[int, list[int]] = {}
    for year, head in tables.rows(f"SELECT year, head FROM {tables.then('plan_version')}"):
        heads.setdefault(year, []).append(head)
    if not heads:
        return []
    begun = dict(
        tables.rows(
            "SELECT CAST(COALESCE(after, before) ->> 'year' AS INTEGER), MIN(batch) "
            f"FROM {tables.now('change')} WHERE record = 'plan' GROUP BY ALL"
        )
    )
    years = ", ".join(str(year) for year in heads)
    lines: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for year, line, batch, turn, turned in tables.rows(
        "SELECT line.year, line.id, line.batch, turn.id, turn.batch "
        f"FROM (SELECT * FROM {tables.then('entry')}) AS line "
        f"JOIN (SELECT * FROM {tables.then('entry')}) AS turn ON turn.reverses = line.id "
        f"WHERE line.kind IN ('frame', 'planned') AND line.year IN ({years})"
    ):
        lines.setdefault((year, line, batch), []).append((turn, turned))
    found = []
    for (year, line, batch), turns in lines.items():
        decided = {sum(head < at for head in heads[year]) for at in (batch, *(turned for _, turned in turns))}
        if batch >= begun.get(year, 0) and len(turns) % 2 and len(decided) == 1:
            found += [line, *(turn for turn, _ in turns)]
    return found


def _without_authors(tables: Tables, entries: str | None) -> str:
    """The entries, with the names that sources were once written with taken out; what was said of why stays."""
    actors = [actor for (actor,) in tables.rows(f"SELECT DISTINCT actor FROM {tables.then('batch')}")]
    begins = [f"ändrat av {actor}: " for actor in sorted(actors, key=len, reverse=True)]
    known = " ".join(
        f"WHEN STARTS_WITH(source, {_text(begin)}) THEN 'ändrat: ' || SUBSTR(source, {len(begin) + 1})"
        for begin in begins
    )
    source = (
        f"CASE WHEN source LIKE 'FoU-plan ____, skriven av %' THEN SUBSTR(source, 1, {len('FoU-plan 2026')}) "
        f"WHEN source NOT LIKE 'ändrat av %' THEN source {known} ELSE 'ändrat' END"
    )
    fields = ", ".join(f"{source} AS source" if name == "source" else name for name in _ENTRY)
    return f"SELECT {fields} FROM {tables.then('entry') if entries is None else f'({entries}) AS entry'}"


def _text(value: str) -> str:
    """A text as SQL writes it: a view takes no parameters."""
    return "'" + value.replace("'", "''") + "'"
