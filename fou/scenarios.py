"""Scenarios: ways to distribute the money that the council tries, kept over meetings. Every write to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fou.access import Action, Person, Role, may, require
from fou.calls import call_of
from fou.conflicts import leads
from fou.errors import Forbidden, Refused, SaveConflict
from fou.matters import Key, Matter, Scope, in_conflict, matters
from fou.model import CHOICES, RECOMMENDATION_STATES, Call, Project, Scenario, ScenarioLine, as_dict
from fou.money import OPEN_TEXT, format_sek
from fou.snapshot import Line
from fou.store import Database, Reader, Work
from fou.store.work import from_json

FIRST_YEAR, LAST_YEAR = 1990, 2100
#: The longest name, and the most SEK that one line can say.
LONGEST, MOST = 100, 2_000_000_000
_SOURCE = "sidan Rådsmöte"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one line is to say of a matter in a year; ``choice`` None takes the line away: not considered yet.

    ``choice`` is a key of CHOICES. ``amount`` is whole SEK, None when it is not set: only what is set aside can be so.
    """

    project: int | None
    call: int | None
    year: int
    choice: str | None
    amount: int | None = None
    condition: str | None = None

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.project, self.call


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario in the list, with how many lines it has and whose it is; ``owner`` is a name, None: the council's."""

    scenario: Scenario
    owner: str | None
    lines: int
    granted: int
    recommended: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed what in a scenario, and when (UTC): a line about ``code`` before and after, None when there was none.

    ``what`` is "rad" for a line, else what of the scenario itself.
    """

    batch: int
    when: datetime
    who: str
    code: str
    year: int | None
    before: str | None
    after: str | None


def scenarios(reader: Reader, person: Person, scope: Scope, put_away: bool = False) -> tuple[Listed, ...]:
    """The scenarios about this, the council's own first; with ``put_away`` also those that are put away."""
    require(person, Action.SEE_DRAFTS)
    found = reader.records(
        Scenario,
        "WHERE call IS NOT DISTINCT FROM $call AND year = $year AND ($away OR put_away IS DISTINCT FROM TRUE) "
        "ORDER BY owner IS NOT NULL, id",
        call=scope.call, year=scope.year, away=put_away,
    )  # fmt: skip
    counts = {
        number: (lines, granted)
        for number, lines, granted in reader.rows(
            "SELECT scenario, COUNT(*), "
            "COALESCE(SUM(CASE WHEN choice = 'grant' AND condition IS NULL THEN amount END), 0) "
            "FROM scenario_line GROUP BY scenario"
        )
    }
    names = dict(reader.rows("SELECT id, name FROM member"))
    states = dict(reader.rows("SELECT scenario, ARG_MAX(state, id) FROM recommendation GROUP BY scenario"))
    return tuple(
        Listed(one, names.get(one.owner), *counts.get(one.id, (0, 0)), states.get(one.id)) for one in found
    )  # fmt: skip


def scenario_of(reader: Reader, number: int) -> Scenario:
    """The scenario with this id. Raises Refused when it is gone."""
    found = reader.records(Scenario, "WHERE id = $id", id=number)
    if not found:
        raise Refused("Scenariot finns inte längre. Läs in sidan igen.")
    return found[0]


def scope_of(scenario: Scenario) -> Scope:
    """What it is about."""
    return Scope(scenario.year, scenario.call)


def may_edit(reader: Reader, person: Person, number: int) -> bool:
    """Whether the person may change this scenario's lines now: whose it is, and that it is not recommended or away."""
    try:
        _editable(reader, person, number)
    except (Forbidden, Refused):
        return False
    return may(person, Action.TRY)


def lines_of(reader: Reader, number: int) -> tuple[ScenarioLine, ...]:
    """A scenario's lines, by year."""
    return tuple(reader.records(ScenarioLine, "WHERE scenario = $id ORDER BY year, project, call", id=number))


def as_line(line: ScenarioLine) -> Line:
    """What the line says, without what it is about."""
    return Line(line.year, line.choice, line.amount, line.condition)


def create(database: Database, person: Person, scope: Scope, name: str, note: str | None = None) -> int:
    """Begin an empty scenario; return its id. A member's is their own, the chair's or an administrator's the council's.

    Raises Refused when the name is taken.
    """
    require(person, Action.TRY)
    clean = _name(name)
    with database.write(person, Action.TRY, f"Började på scenariot {clean}") as work:
        if scope.call is not None and call_of(work, scope.call).year != scope.year:
            raise Refused("Utlysningen är för ett annat år. Läs in sidan igen.")
        return _create(work, person, scope, clean, note, None)


def copy(database: Database, person: Person, number: int, name: str) -> int:
    """Copy a scenario with its lines and locks; return the id of the copy, which is a member's own if one copies it."""
    require(person, Action.TRY)
    clean = _name(name)
    with database.write(person, Action.TRY, f"Kopierade ett scenario till {clean}") as work:
        return _copied(work, person, number, clean)


def begun_in(reader: Reader, number: int) -> int | None:
    """The batch that a scenario was begun in; None when there is no such scenario."""
    found = reader.value(
        "SELECT MIN(batch) FROM change WHERE record = 'scenario' AND id = $id AND before IS NULL", id=number
    )
    return None if found is None else int(found)


def rename(database: Database, person: Person, seen: Scenario, name: str, note: str | None) -> int | None:
    """Give it another name or note; the batch, None when nothing differs. Raises SaveConflict by ``seen``."""
    require(person, Action.TRY)
    values = {"name": _name(name), "note": _text(note)}
    with database.write(person, Action.TRY, f"Ändrade scenariot {seen.code}") as work:
        now = _editable(work, person, seen.id, frozen_too=True)
        if values["name"] != now.name:
            _refuse_taken(work, scope_of(now), str(values["name"]), now.owner)
        changed = {field: value for field, value in values.items() if value != getattr(seen, field)}
        before = {field: getattr(seen, field) for field in changed}
        return work.batch if work.update(Scenario, seen.id, changed, before, _SOURCE) else None


def put_away(database: Database, person: Person, number: int, away: bool = True) -> int | None:
    """Put a scenario away, or bring it out again; the batch, None when it is so. Nothing is lost."""
    note = "La undan ett scenario" if away else "Tog fram ett scenario"
    with database.write(person, Action.TRY, note) as work:
        now = _editable(work, person, number, frozen_too=True, away_too=True)
        if bool(now.put_away) == away:
            return None
        if away and work.value("SELECT COUNT(*) FROM meeting WHERE scenario = $id AND state = 'open'", id=number):
            raise Refused(f"{now.name} visas på ett möte som pågår. Visa ett annat scenario först.")
        if not away:
            _refuse_taken(work, scope_of(now), now.name, now.owner)
        work.update(Scenario, number, {"put_away": away or None}, None, _SOURCE)
        return work.batch


def set_line(
    database: Database, person: Person, number: int, wish: Wish, seen: ScenarioLine | None
) -> int | None:  # fmt: skip
    """Say one thing of one matter in one year; the batch, None when it stands so already.

    ``seen`` is the line as the person had it before them, None when there was none: SaveConflict tells when somebody
    else has changed it since. Whoever is in conflict of interest over the matter is refused.
    """
    with database.write(person, Action.TRY, "Ändrade ett scenario") as work:
        scenario = _editable(work, person, number)
        _refuse_conflict(work, person, scenario, [wish.key])
        known = _known(work, wish)
        now = _line(work, number, wish)
        told = clean(wish, known)
        said = None if now is None else as_line(now)
        wanted = None if told.choice is None else Line(told.year, told.choice, told.amount, told.condition)
        if said == wanted:
            return None
        if said != (None if seen is None else as_line(seen)):
            raise SaveConflict(_who_changed(work, scenario, known, now))
        _write(work, scenario, [told])
        return work.batch


def take_whole(database: Database, person: Person, number: int, key: Key) -> int | None:
    """Give a matter all that it asks for, year by year: granted in the scenario's years of money, set aside in later
    ones, and set aside without an amount where none is asked for. A call is set aside for. None when it stands so.
    """
    with database.write(person, Action.TRY, "Tog med ett ärende helt i ett scenario") as work:
        scenario = _editable(work, person, number)
        _refuse_conflict(work, person, scenario, [key])
        found = matters(work, _EVERYBODY, scope_of(scenario), [key])
        matter = found.of(key)
        if matter is None or not matter.asked:
            raise Refused("Det står inte hur mycket ärendet gäller. Skriv ett belopp.")
        wishes = [*_without(work, number, [key]), *whole(matter, found.years)]
        return work.batch if _write(work, scenario, wishes) else None


def leave_out(database: Database, person: Person, number: int, key: Key) -> int | None:
    """Leave a matter out: one line in the scenario's year instead of all others. None when it stands so."""
    with database.write(person, Action.TRY, "Lämnade ett ärende utanför i ett scenario") as work:
        scenario = _editable(work, person, number)
        _refuse_conflict(work, person, scenario, [key])
        _known(work, Wish(*key, scenario.year, "out"))
        wishes = [*_without(work, number, [key]), Wish(*key, scenario.year, "out")]
        return work.batch if _write(work, scenario, wishes) else None


def lock(database: Database, person: Person, number: int, key: Key, locked: bool = True) -> int | None:
    """Lock a matter's lines, so that no suggestion changes them, or unlock them; None when they are so."""
    note = "Låste ett ärende i ett scenario" if locked else "Låste upp ett ärende i ett scenario"
    with database.write(person, Action.TRY, note) as work:
        scenario = _editable(work, person, number)
        _refuse_conflict(work, person, scenario, [key])
        mine = [line for line in lines_of(work, number) if (line.project, line.call) == key]
        if not mine:
            raise Refused("Det finns inget att låsa: ärendet är inte behandlat i scenariot.")
        pairs = [
            (as_dict(line), {**as_dict(line), "locked": locked or None}) for line in mine if bool(line.locked) != locked
        ]
        work.replace_many(ScenarioLine, pairs, [_SOURCE] * len(pairs))
        return work.batch if pairs else None


def put_back(
    database: Database, person: Person, number: int, key: Key, before: Sequence[Line], after: Sequence[Line]
) -> int | None:
    """Have a matter's lines be ``before`` again, as they were until somebody made them ``after``; None when they are.

    Raises SaveConflict when somebody has changed them since. Whether they are locked stays as it is.
    """
    with database.write(person, Action.TRY, "Ångrade en ändring i ett scenario") as work:
        scenario = _editable(work, person, number)
        _refuse_conflict(work, person, scenario, [key])
        now = {as_line(line) for line in lines_of(work, number) if (line.project, line.call) == key}
        if now == set(before):
            return None
        known = _known(work, Wish(*key, scenario.year, None))
        if now != set(after):
            raise SaveConflict(f"Någon annan har ändrat ”{known}” sedan dess. Ändringen är inte ångrad.")
        wishes = [
            *_without(work, number, [key]),
            *(Wish(*key, line.year, line.choice, line.amount, line.condition) for line in before),
        ]
        return work.batch if _write(work, scenario, wishes) else None


def apply_suggestion(
    database: Database, person: Person, number: int, given: Mapping[int, int], years: Iterable[int], told: str
) -> int | None:
    """Put a suggestion into a scenario as one batch: whole SEK by project in all for ``years``; 0 is left out.

    An amount is spread over the years as what is asked for is, to the krona. Lines that are locked, projects that are
    not in ``given``, and calls, stay as they are. ``told`` says which rule it was, for the history.
    """
    with database.write(person, Action.TRY, f"La in ett förslag i ett scenario: {told}") as work:
        return work.batch if _suggested(work, person, number, given, years) else None


def copy_with_suggestion(
    database: Database, person: Person, number: int, name: str, given: Mapping[int, int], years: Iterable[int],
    told: str,
) -> int:  # fmt: skip
    """Copy a scenario and put a suggestion into the copy, as ``apply_suggestion`` does, in one batch; the copy's id.

    ``told`` says what made the suggestion, and is the copy's note.
    """
    require(person, Action.TRY)
    clean = _name(name)
    with database.write(person, Action.TRY, f"La in ett förslag i en kopia, {clean}: {told}") as work:
        new = _copied(work, person, number, clean, told)
        _suggested(work, person, new, given, years)
        return new


def spread(amount: int, matter: Matter, years: Iterable[int]) -> list[tuple[int, int]]:
    """An amount (whole SEK) over the years as what is asked for is; the kronor that are left go to the first years."""
    within = sorted(set(years))
    asked = [int(sum(one.amount for year, one in matter.asked if year == wanted)) for wanted in within]
    whole = sum(asked)
    if not whole:
        return [(within[0], amount)]
    parts = [amount * one // whole for one in asked]
    largest = sorted(range(len(within)), key=lambda at: (-(amount * asked[at] % whole), at))
    for at in largest[: amount - sum(parts)]:
        parts[at] += 1
    return list(zip(within, parts, strict=True))


def changes(reader: Reader, person: Person, number: int, limit: int = 200) -> tuple[Changed, ...]:
    """Who changed what in a scenario, the latest first."""
    require(person, Action.SEE_DRAFTS)
    rows = reader.rows(
        "SELECT change.batch, batch.posted, batch.actor, change.before, change.after FROM change "
        "JOIN batch ON batch.id = change.batch WHERE change.record = 'scenario_line' "
        "AND CAST(COALESCE(change.after, change.before) ->> 'scenario' AS INTEGER) = $id "
        "ORDER BY change.batch DESC, change.position LIMIT $limit",
        id=number, limit=limit,
    )  # fmt: skip
    projects = dict(reader.rows("SELECT id, code FROM project"))
    calls = dict(reader.rows("SELECT id, code FROM call"))
    found = []
    for batch, when, who, before, after in rows:
        images = [None if text is None else from_json(text) for text in (before, after)]
        image = images[1] or images[0] or {}
        code = projects.get(image["project"]) or calls.get(image["call"]) or ""
        found.append(Changed(batch, when, who, code, image["year"], *(_image(one) for one in images)))
    return tuple(found)


def said(line: Line) -> str:
    """What a line says, in Swedish: "bevilja 600 000 kr", "avsätt, belopp ej fastställt", "utanför"."""
    text = CHOICES[line.choice]
    if line.choice != "out":
        text += f", {OPEN_TEXT}" if line.amount is None else f" {format_sek(line.amount)}"
    return f"{text}, {line.condition}" if line.condition else text


def clean(wish: Wish, name: str) -> Wish:
    """The wish as it is kept. Raises Refused, with what to do, when a matter of this name cannot have it."""
    if wish.choice is None:
        return wish
    if wish.choice not in CHOICES:
        raise Refused(f"{name}: välj om det ska beviljas, avsättas eller lämnas utanför.")
    if not FIRST_YEAR <= wish.year <= LAST_YEAR:
        raise Refused(f"Skriv ett år mellan {FIRST_YEAR} och {LAST_YEAR}.")
    if wish.choice == "out":
        return replace(wish, amount=None, condition=None)
    if wish.call is not None and wish.choice == "grant":
        raise Refused(f"{name} är en utlysning: pengar kan avsättas till den, men bara ett projekt kan beviljas dem.")
    if wish.amount is None and wish.choice == "grant":
        raise Refused(f"{name}: skriv ett belopp, eller avsätt medel utan belopp.")
    if wish.amount is not None and not 0 < wish.amount <= MOST:
        raise Refused(
            f"{name}: ett belopp ska vara större än noll och högst {format_sek(MOST)}. Lämna ärendet utanför om det "
            "inte ska få något."
        )
    return replace(wish, condition=_text(wish.condition))


#: Reads all there is, for what is counted the same whoever acts.
_EVERYBODY = Person("", Role.ADMIN)


def _image(image: Mapping[str, Any] | None) -> str | None:
    if image is None:
        return None
    text = said(Line(image["year"], image["choice"], image["amount"], image["condition"]))
    return f"{text} (låst)" if image["locked"] else text


def _create(work: Work, person: Person, scope: Scope, name: str, note: str | None, source: int | None) -> int:
    owner = None if leads(work, person) else person.member
    if owner is None and not leads(work, person):
        raise Forbidden("Bara rådets ledamöter kan ha egna scenarier. Be en handläggare lägga till dig som ledamot.")
    _refuse_taken(work, scope, name, owner)
    prefix = f"{scope.year}" if scope.call is None else call_of(work, scope.call).code
    taken = {code for (code,) in work.rows("SELECT code FROM scenario")}
    code = next(one for one in (f"{prefix}-S{n}" for n in range(1, 100_000)) if one not in taken)
    return work.create(
        Scenario, _SOURCE, code=code, call=scope.call, year=scope.year, name=name, note=_text(note), owner=owner,
        copied_from=source,
    )  # fmt: skip


def _copied(work: Work, person: Person, number: int, name: str, note: str | None = None) -> int:
    old = scenario_of(work, number)
    # Not with the note of the old one: it will not be true of the new one for long.
    new = _create(work, person, scope_of(old), name, note, old.id)
    copied = [{**as_dict(line), "scenario": new} for line in lines_of(work, old.id)]
    work.create_many(ScenarioLine, copied, [_SOURCE] * len(copied))
    return new


def _suggested(work: Work, person: Person, number: int, given: Mapping[int, int], years: Iterable[int]) -> bool:
    scenario = _editable(work, person, number)
    _refuse_conflict(work, person, scenario, ((project, None) for project in given))
    found = matters(work, _EVERYBODY, scope_of(scenario), ((project, None) for project in given))
    lines = lines_of(work, number)
    locked = {line.project for line in lines if line.locked}
    within = sorted(set(years))
    wishes: list[Wish] = []
    for project, amount in given.items():
        matter = found.of((project, None))
        if matter is None or project in locked:
            continue
        if amount < 0:
            raise Refused("Ett förslag kan inte vara mindre än noll.")
        if not amount:
            wishes += [*_without(work, number, [matter.key]), Wish(project, None, scenario.year, "out")]
            continue
        wishes += [
            Wish(project, None, line.year, None)
            for line in lines
            if line.project == project and (line.year in within or line.choice == "out")
        ]
        wishes += [Wish(project, None, year, "grant", part) for year, part in spread(amount, matter, within) if part]
    return _write(work, scenario, wishes)


def _editable(
    work: Reader, person: Person, number: int, frozen_too: bool = False, away_too: bool = False
) -> Scenario:  # fmt: skip
    scenario = scenario_of(work, number)
    if scenario.owner is None or scenario.owner != person.member:
        if not leads(work, person):
            raise Forbidden("Bara ordföranden eller en handläggare ändrar rådets scenarier. Kopiera det till ett eget.")
        if scenario.owner is not None and person.role is not Role.ADMIN:
            raise Forbidden("Scenariot är en annan ledamots eget. Kopiera det.")
    if scenario.put_away and not away_too:
        raise Refused(f"{scenario.name} är undanlagt. Ta fram det först.")
    if not frozen_too:
        states = work.rows("SELECT state FROM recommendation WHERE scenario = $id ORDER BY id DESC LIMIT 1", id=number)
        if states and states[0][0] in ("made", "decided"):
            raise Refused(
                f"{scenario.name} är rådets rekommendation ({RECOMMENDATION_STATES[states[0][0]]}) och ändras inte. "
                "Kopiera det och pröva i kopian."
            )
    return scenario


def _refuse_conflict(work: Work, person: Person, scenario: Scenario, keys: Iterable[Key]) -> None:
    mine = in_conflict(work, person, scenario.call)
    if any(project in mine for project, _ in keys):
        raise Forbidden("Du är jävig i ärendet och deltar inte i det. Är det fel: säg till en handläggare.")


def _refuse_taken(work: Work, scope: Scope, name: str, owner: int | None) -> None:
    if work.value(
        "SELECT COUNT(*) FROM scenario WHERE call IS NOT DISTINCT FROM $call AND year = $year "
        "AND owner IS NOT DISTINCT FROM $owner AND LOWER(name) = LOWER($name) AND put_away IS DISTINCT FROM TRUE",
        call=scope.call, year=scope.year, owner=owner, name=name,
    ):  # fmt: skip
        raise Refused(f"Det finns redan ett scenario som heter {name}. Välj ett annat namn.")


def _known(work: Work, wish: Wish) -> str:
    """The name of what it is about. Raises Refused when there is no such thing."""
    if (wish.project is None) == (wish.call is None):
        raise Refused("En rad gäller ett projekt eller en utlysning.")
    if wish.project is not None:
        projects = work.records(Project, "WHERE id = $id", id=wish.project)
        if projects:
            return projects[0].title
    else:
        calls = work.records(Call, "WHERE id = $id", id=wish.call)
        if calls:
            return calls[0].name
    raise Refused("Ärendet finns inte längre. Läs in sidan igen.")


def _line(work: Work, number: int, wish: Wish) -> ScenarioLine | None:
    found = work.records(
        ScenarioLine,
        "WHERE scenario = $id AND project IS NOT DISTINCT FROM $project AND call IS NOT DISTINCT FROM $call "
        "AND year = $year",
        id=number, project=wish.project, call=wish.call, year=wish.year,
    )  # fmt: skip
    return found[0] if found else None


def whole(matter: Matter, years: Iterable[int]) -> list[Wish]:
    """All that a matter asks for, with ``years`` those of the money to distribute: see ``take_whole``."""
    within = set(years)
    found = []
    for year, asked in matter.asked:
        amount = None if asked.open else int(asked.amount)
        if not asked.open and not amount:
            continue
        grant = matter.project is not None and year in within and amount is not None
        found.append(Wish(*matter.key, year, "grant" if grant else "reserve", amount))
    return found


def _without(work: Work, number: int, keys: Iterable[Key]) -> list[Wish]:
    gone = set(keys)
    return [
        Wish(line.project, line.call, line.year, None)
        for line in lines_of(work, number)
        if (line.project, line.call) in gone
    ]


def said_anew(lines: Iterable[ScenarioLine], number: int, wishes: Iterable[Wish]) -> tuple[ScenarioLine, ...]:
    """A scenario's lines as they would be with these wishes; the last word about a matter and a year holds.

    A matter is either out or has amounts: what is said last takes the other away. A new line is locked as the matter's
    others are.
    """
    last = {(wish.key, wish.year): wish for wish in wishes}
    now = {((line.project, line.call), line.year): line for line in lines}
    said_out = {key for (key, _), wish in last.items() if wish.choice == "out"}
    said_in = {key for (key, _), wish in last.items() if wish.choice not in (None, "out")}
    found = dict(now)
    for about, line in now.items():
        if about not in last and (about[0] in said_out or (about[0] in said_in and line.choice == "out")):
            del found[about]
    for about, wish in last.items():
        old = now.get(about)
        if wish.choice is None:
            found.pop(about, None)
            continue
        locked = next((line.locked for (key, _), line in now.items() if key == wish.key), None)
        old = old or ScenarioLine(0, number, wish.project, wish.call, wish.year, wish.choice, None, None, locked)
        found[about] = replace(old, choice=wish.choice, amount=wish.amount, condition=wish.condition)
    return tuple(found.values())


def _write(work: Work, scenario: Scenario, wishes: Iterable[Wish]) -> bool:
    """Make the lines say so. False when they do already."""
    now = {line.id: line for line in lines_of(work, scenario.id)}
    wanted = said_anew(now.values(), scenario.id, wishes)
    stays = {line.id for line in wanted}
    gone = [as_dict(line) for number, line in now.items() if number not in stays]
    made = [{name: value for name, value in as_dict(line).items() if name != "id"} for line in wanted if not line.id]
    changed = [(as_dict(now[line.id]), as_dict(line)) for line in wanted if line.id and line != now[line.id]]
    work.remove_many(ScenarioLine, gone)
    work.create_many(ScenarioLine, made, [_SOURCE] * len(made))
    work.replace_many(ScenarioLine, changed, [_SOURCE] * len(changed))
    return bool(gone or made or changed)


def _who_changed(work: Work, scenario: Scenario, name: str, now: ScenarioLine | None) -> str:
    who = work.row(
        "SELECT batch.actor, batch.id FROM change JOIN batch ON batch.id = change.batch "
        "WHERE change.record = 'scenario_line' "
        "AND CAST(COALESCE(change.after, change.before) ->> 'scenario' AS INTEGER) = $id "
        "ORDER BY batch.id DESC LIMIT 1",
        id=scenario.id,
    )
    actor, batch = who or ("Någon", "?")
    stands = "inget" if now is None else said(as_line(now))
    return (
        f"{actor} har ändrat ”{name}” medan du skrev (post {batch} i historiken). Nu står där: {stands}. Ditt är inte "
        "sparat: avgör vad som ska gälla."
    )


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST:
        raise Refused(f"Skriv vad scenariot heter, med högst {LONGEST} tecken.")
    return clean


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None
