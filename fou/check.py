"""Every invariant that the database must keep, verified from what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from fou.calls import OUT, Sum, requested_of, total
from fou.deciding import Verified, verified
from fou.ledger import entries as entries_of
from fou.model import (
    PROPOSAL_STATES,
    RECORD_BY_TABLE,
    RECORDS,
    Alias,
    Basis,
    Kind,
    Proposal,
    Recommendation,
    Resolution,
    as_dict,
    columns,
)
from fou.scales import HIGHEST
from fou.snapshot import thaw_decided
from fou.store import Reader, chain, events
from fou.store.reading import STANDING
from fou.store.work import from_json, revive
from fou.swedish import format_timestamp


@dataclass(frozen=True, slots=True)
class Failure:
    """One invariant that does not hold: its English name and the Swedish story."""

    rule: str
    message: str


def check(reader: Reader) -> list[Failure]:
    """Run every rule; an empty list means that the database is whole."""
    return [Failure(rule.__name__.lstrip("_"), message) for rule in RULES for message in rule(reader)]


def check_mark(reader: Reader, mark: str) -> list[Failure]:
    """Whether a mark that was printed earlier (``chain.mark``) is in the chain; nothing when it is."""
    if chain.holds(reader, mark):
        return []
    batch = mark.partition(":")[0]
    there = reader.value("SELECT COUNT(*) FROM batch WHERE id = $id", id=int(batch))
    story = f"post {batch} har en annan kontrollsumma" if there else f"post {batch} finns inte"
    restored = events.events(reader, "kind = 'restored'", limit=1)
    since = (
        f" Databasen återställdes {format_timestamp(restored[0].happened)} ({restored[0].note}). Är märket äldre än så "
        "kan posten ha försvunnit då; annars är det som var bokfört ändrat eller borttaget."
        if restored
        else " Det som var bokfört då är ändrat eller borttaget."
    )
    return [Failure("expected_mark", f"Märket {mark} finns inte i kedjan: {story}.{since}")]


def _batches_fit_the_chain(reader: Reader) -> Iterator[str]:
    """The first that does not fit is named first: the later ones may only be built on it."""
    yield from islice(chain.misfits(reader), 20)


def _events_fit_the_chain(reader: Reader) -> Iterator[str]:
    yield from islice(events.misfits(reader), 20)


def _batches_are_whole(reader: Reader) -> Iterator[str]:
    rows = reader.rows(
        """
        SELECT batch.id, batch.entries, COALESCE(e.number, 0), batch.changes, COALESCE(c.number, 0),
               batch.total, COALESCE(e.total, 0)
        FROM batch
        LEFT JOIN (
            SELECT batch, COUNT(*) AS number, SUM(amount) AS total FROM entry GROUP BY batch
        ) AS e ON e.batch = batch.id
        LEFT JOIN (SELECT batch, COUNT(*) AS number FROM change GROUP BY batch) AS c ON c.batch = batch.id
        WHERE batch.entries <> COALESCE(e.number, 0)
           OR batch.changes <> COALESCE(c.number, 0)
           OR batch.total <> COALESCE(e.total, 0)
        ORDER BY batch.id
        """
    )
    for number, entries, found, changes, found_changes, stated, found_total in rows:
        yield (
            f"Post {number} är inte hel: {found} av {entries} belopp, {found_changes} av {changes} ändringar, "
            f"summa {found_total} mot {stated}."
        )


def _batches_follow_in_time(reader: Reader) -> Iterator[str]:
    rows = reader.rows(
        "SELECT id FROM (SELECT id, posted, LAG(posted) OVER (ORDER BY id) AS before FROM batch) AS ordered "
        "WHERE posted < before"
    )
    yield from (f"Post {number} är daterad före posten innan." for (number,) in rows)


def _numbers_have_no_gaps(reader: Reader) -> Iterator[str]:
    """Batches and entries are numbered from 1 and never deleted, so a gap is something that is gone."""
    for table, word in (("batch", "Post"), ("entry", "Belopp")):
        rows = reader.rows(
            f"SELECT id FROM (SELECT id, LAG(id, 1, 0) OVER (ORDER BY id) AS before FROM {table}) AS ordered "
            "WHERE id <> before + 1 ORDER BY id LIMIT 20"
        )
        yield from (f"{word} {number} följer inte på numret före: något är borta." for (number,) in rows)


def _undoing_points_back(reader: Reader) -> Iterator[str]:
    rows = reader.rows(
        "SELECT id, undoes FROM batch WHERE undoes >= id OR undoes NOT IN (SELECT id FROM batch) ORDER BY id"
    )
    yield from (f"Post {number} ångrar post {undone}, som inte finns före den." for number, undone in rows)


def _everything_belongs_to_a_batch(reader: Reader) -> Iterator[str]:
    for table, word in (("entry", "Belopp"), ("change", "Ändring")):
        rows = reader.rows(
            f"SELECT id, batch FROM {table} WHERE batch NOT IN (SELECT id FROM batch) ORDER BY id LIMIT 20"
        )
        yield from (f"{word} {number} hör till post {batch}, som inte finns." for number, batch in rows)


def _entries_are_well_formed(reader: Reader) -> Iterator[str]:
    kinds = [str(kind) for kind in Kind]
    bases = [str(basis) for basis in Basis]
    rows = reader.rows(
        "SELECT id FROM entry WHERE kind NOT IN (SELECT UNNEST($kinds)) OR basis NOT IN (SELECT UNNEST($bases)) "
        "OR open NOT IN (-1, 0, 1) OR (open < 0 AND reverses IS NULL) OR (open <> 0 AND amount <> 0) "
        "OR year NOT BETWEEN 1990 AND 2100 OR source = '' "
        "ORDER BY id LIMIT 20",
        kinds=kinds,
        bases=bases,
    )
    yield from (f"Belopp {number} har ett otillåtet slag, år, underlag eller öppet belopp." for (number,) in rows)


def _entries_refer_to_what_exists(reader: Reader) -> Iterator[str]:
    # Also to what existed when they were posted: an entry taken back may point at a record since undone.
    for table in ("funder", "project", "call", "area"):
        rows = reader.rows(
            f"SELECT id, {table} FROM ({STANDING}) AS standing WHERE {table} IS NOT NULL "
            f"AND {table} NOT IN (SELECT id FROM {table}) ORDER BY id LIMIT 20"
        )
        yield from (f"Belopp {number} hänvisar till {table} {target}, som inte finns." for number, target in rows)


def _records_refer_to_what_exists(reader: Reader) -> Iterator[str]:
    for record in RECORDS:
        for field, target in record.REFERENCES.items():
            rows = reader.rows(
                f"SELECT id, {field} FROM {record.TABLE} WHERE {field} IS NOT NULL "
                f"AND {field} NOT IN (SELECT id FROM {target}) ORDER BY id LIMIT 20"
            )
            yield from (f"{record.TABLE} {n} hänvisar till {target} {t}, som inte finns." for n, t in rows)


def _keys_are_unique(reader: Reader) -> Iterator[str]:
    for record in RECORDS:
        key = ", ".join(record.KEY)
        rows = reader.rows(f"SELECT {key} FROM {record.TABLE} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 20")
        yield from (f"{record.TABLE} {' / '.join(map(str, row))} finns mer än en gång." for row in rows)


def _remembered_names_mean_one_thing(reader: Reader) -> Iterator[str]:
    """An answer about a name points at one record, in the table that the name was looked up in."""
    meant = " OR ".join(
        f"(record = '{table}' AND "
        + " AND ".join(f"{other} IS {'NOT NULL' if other == table else 'NULL'}" for other in Alias.REFERENCES)
        + ")"
        for table in Alias.REFERENCES
    )
    rows = reader.rows(f"SELECT id, label FROM alias WHERE NOT ({meant}) ORDER BY id LIMIT 20")
    yield from (f"Svaret {number}, om vad ”{label}” betyder, pekar inte ut en enda sak." for number, label in rows)


def _plan_versions_can_be_read(reader: Reader) -> Iterator[str]:
    """A plan's versions are numbered from 1, and each shows the state of a batch that was posted no later than it."""
    rows = reader.rows(
        """
        SELECT version.year, version.number
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY year ORDER BY number) AS place FROM plan_version) AS version
        LEFT JOIN (SELECT id, MIN(batch) AS batch FROM change WHERE record = 'plan_version' GROUP BY id) AS made
          ON made.id = version.id
        WHERE version.number <> version.place
           OR version.head > made.batch
           OR version.head NOT IN (SELECT id FROM batch)
           OR version.year NOT IN (SELECT year FROM plan)
        ORDER BY version.year, version.number
        """
    )
    yield from (f"Version {number} av planen för {year} går inte att läsa." for year, number in rows)


def _call_dates_follow(reader: Reader) -> Iterator[str]:
    """A call opens before it closes, is assessed after that, and is decided last."""
    rows = reader.rows(
        "SELECT code FROM call WHERE opens > closes OR COALESCE(closes, opens) > assessed "
        "OR COALESCE(assessed, closes, opens) > decides ORDER BY code LIMIT 20"
    )
    yield from (f"Datumen för utlysningen {code} motsäger varandra." for (code,) in rows)


def _scores_fit_their_criteria(reader: Reader) -> Iterator[str]:
    """Each score is by a criterion of the call, and within its scale."""
    rows = reader.rows(
        """
        SELECT proposal.code, score.criterion
        FROM score
        JOIN proposal ON proposal.id = score.proposal
        LEFT JOIN criterion ON criterion.call = proposal.call AND criterion.position = score.criterion
        WHERE criterion.id IS NULL
           OR score.value < COALESCE(criterion.lowest, 0)
           OR score.value > COALESCE(criterion.scale, GREATEST($highest, COALESCE(criterion.lowest, 0) + 1))
        ORDER BY 1, 2
        LIMIT 20
        """,
        highest=HIGHEST,
    )
    yield from (f"En bedömning av {code} efter grund {number} är utanför dess skala." for code, number in rows)


def _moved_applications_are_somewhere(reader: Reader) -> Iterator[str]:
    rows = reader.rows("SELECT code FROM proposal WHERE state = 'moved' AND moved_to IS NULL ORDER BY code LIMIT 20")
    yield from (f"Ansökan {code} är flyttad, men inte till någon utlysning." for (code,) in rows)


def _costs_are_what_is_requested(reader: Reader) -> Iterator[str]:
    """What an application's costs sum up to each year is what the ledger says that it asks for."""
    proposals = reader.records(
        Proposal,
        "WHERE id IN (SELECT proposal FROM proposal_cost WHERE payer = 'requested') "
        "AND COALESCE(state, '') NOT IN (SELECT UNNEST($out))",
        out=list(OUT),
    )
    costs = reader.rows("SELECT proposal, year, SUM(amount) FROM proposal_cost WHERE payer = 'requested' GROUP BY ALL")
    for proposal, entries in zip(proposals, requested_of(reader, proposals).values(), strict=True):
        years = {entry.year: Sum() for entry in entries}
        for entry in entries:
            years[entry.year] = total([years[entry.year], Sum(entry.amount, entry.open)])
        if {year: asked for year, asked in years.items() if asked != Sum()} != {
            year: Sum(Decimal(amount)) for number, year, amount in costs if number == proposal.id and amount
        }:
            yield f"Kostnaderna i ansökan {proposal.code} stämmer inte med det som är sökt."


def _scenario_lines_say_one_thing(reader: Reader) -> Iterator[str]:
    """Each line is about a project or a call, with an amount that its choice can have."""
    rows = reader.rows(
        """
        SELECT scenario.code, scenario_line.id
        FROM scenario_line
        JOIN scenario ON scenario.id = scenario_line.scenario
        WHERE (scenario_line.project IS NULL) = (scenario_line.call IS NULL)
           OR scenario_line.choice NOT IN ('grant', 'reserve', 'out')
           OR (scenario_line.choice = 'grant' AND (scenario_line.amount IS NULL OR scenario_line.project IS NULL))
           OR (scenario_line.choice = 'out' AND scenario_line.amount IS NOT NULL)
           OR scenario_line.amount <= 0
        ORDER BY 1, 2
        LIMIT 20
        """
    )
    yield from (f"Rad {number} i scenariot {code} säger inte en enda sak." for code, number in rows)


def _scenarios_on_the_wall_are_the_meetings(reader: Reader) -> Iterator[str]:
    rows = reader.rows(
        "SELECT meeting.code FROM meeting JOIN scenario ON scenario.id = meeting.scenario "
        "WHERE meeting.year <> scenario.year OR meeting.call IS DISTINCT FROM scenario.call ORDER BY 1 LIMIT 20"
    )
    yield from (f"Mötet {code} visar ett scenario som gäller något annat." for (code,) in rows)


def _recommendations_are_as_frozen(reader: Reader) -> Iterator[str]:
    """What was frozen has its hash, unless a name in it has been weeded, which the chain vouches for."""
    for one in reader.records(Recommendation):
        if verified([((one.frozen, one.apart), one.hash)]) is Verified.BROKEN:
            yield f"Rekommendationen {one.code} är inte vad som frystes."
    for resolution in reader.records(Resolution):
        if verified([((resolution.frozen,), resolution.hash)]) is Verified.BROKEN:
            yield f"Beslutet {resolution.reference} är inte vad som frystes."


def _decisions_are_in_the_ledger(reader: Reader) -> Iterator[str]:
    """Each line of a decision has the entry that it says, with the same amount, year and condition."""
    for resolution in reader.records(Resolution):
        try:
            lines = [(one, line) for one in thaw_decided(resolution.frozen).matters for line in one.lines]
        except ValueError:
            yield f"Beslutet {resolution.reference} går inte att läsa."
            continue
        numbers = [line.entry for _, line in lines if line.entry is not None]
        posted = {entry.id: entry for entry in entries_of(reader, "id IN (SELECT UNNEST($ids))", ids=numbers)}
        for matter, carried in lines:
            if carried.entry is None:
                continue
            entry, line = posted.get(carried.entry), carried.line
            said = (line.year, Decimal(line.amount or 0), matter.project)
            if entry is None or (entry.year, entry.amount, entry.project) != said:
                yield f"Beslutet {resolution.reference} om {matter.code} står inte i bokföringen."


def _nothing_is_asked_for_what_is_out(reader: Reader) -> Iterator[str]:
    """An application that is withdrawn or moved asks for nothing in the call that it has left."""
    rows = reader.rows(
        f"""
        SELECT proposal.code, proposal.state
        FROM proposal
        JOIN ({STANDING}) AS asked ON asked.project = proposal.project AND asked.call = proposal.call
        WHERE asked.kind = 'requested' AND proposal.state IN (SELECT UNNEST($out))
          AND NOT EXISTS (
              SELECT 1 FROM proposal AS other
              WHERE other.project = proposal.project AND other.call = proposal.call
                AND COALESCE(other.state, '') NOT IN (SELECT UNNEST($out))
          )
        GROUP BY proposal.code, proposal.state
        HAVING SUM(asked.amount) <> 0 OR SUM(asked.open) <> 0
        ORDER BY proposal.code
        LIMIT 20
        """,
        out=list(OUT),
    )
    for code, state in rows:
        yield f"Ansökan {code} är {PROPOSAL_STATES[state]}, men det den sökte står kvar i utlysningen."


def _turns_match_what_they_turn(reader: Reader) -> Iterator[str]:
    """Each entry that takes back equals its statement with the sign turned, every other time."""
    same = " AND ".join(
        f"turn.{name} IS NOT DISTINCT FROM root.{name}"
        for name in ("kind", "year", "funder", "project", "call", "area", "condition", "basis")
    )
    rows = reader.rows(
        f"""
        SELECT turn.id
        FROM (
            SELECT entry.*, ROW_NUMBER() OVER (PARTITION BY reverses ORDER BY id) % 2 AS odd
            FROM entry
            WHERE reverses IS NOT NULL
        ) AS turn
        LEFT JOIN entry AS root ON root.id = turn.reverses AND root.reverses IS NULL
        WHERE root.id IS NULL
           OR turn.id <= root.id
           OR NOT ({same})
           OR turn.amount <> CASE WHEN turn.odd = 1 THEN -root.amount ELSE root.amount END
           OR turn.open <> CASE WHEN turn.odd = 1 THEN -root.open ELSE root.open END
        ORDER BY turn.id
        LIMIT 20
        """
    )
    yield from (f"Belopp {number} tar inte tillbaka det belopp som det säger." for (number,) in rows)


def _sums_agree(reader: Reader) -> Iterator[str]:
    """By year, by project, and over the statements that stand: the same sum."""
    rows = reader.rows(
        f"""
        WITH by_year AS (
            SELECT kind, SUM(total) AS total, SUM(open) AS open
            FROM (SELECT kind, year, SUM(amount) AS total, SUM(open) AS open FROM entry GROUP BY kind, year) AS y
            GROUP BY kind
        ), by_project AS (
            SELECT kind, SUM(total) AS total, SUM(open) AS open
            FROM (SELECT kind, project, SUM(amount) AS total, SUM(open) AS open FROM entry GROUP BY kind, project) AS p
            GROUP BY kind
        ), standing AS (
            SELECT kind, SUM(amount) AS total, SUM(open) AS open FROM ({STANDING}) AS s GROUP BY kind
        )
        SELECT by_year.kind, by_year.total, by_project.total, COALESCE(standing.total, 0)
        FROM by_year
        JOIN by_project ON by_project.kind = by_year.kind
        LEFT JOIN standing ON standing.kind = by_year.kind
        WHERE by_year.total <> by_project.total
           OR by_year.open <> by_project.open
           OR by_year.total <> COALESCE(standing.total, 0)
           OR by_year.open <> COALESCE(standing.open, 0)
        """
    )
    for kind, by_year, by_project, standing in rows:
        yield f"Summan av {kind} är {by_year} efter år, {by_project} efter projekt och {standing} av det som gäller."


def _undone_batches_net_to_nothing(reader: Reader) -> Iterator[str]:
    rows = reader.rows(
        """
        SELECT undoing.undoes, undoing.id
        FROM batch AS undoing
        JOIN (
            SELECT side.pair, e.kind, e.year, e.project, e.call, e.area, e.funder
            FROM (
                SELECT id AS pair, id AS batch FROM batch WHERE undoes IS NOT NULL
                UNION ALL
                SELECT id AS pair, undoes AS batch FROM batch WHERE undoes IS NOT NULL
            ) AS side
            JOIN entry AS e ON e.batch = side.batch
            GROUP BY side.pair, e.kind, e.year, e.project, e.call, e.area, e.funder
            HAVING SUM(e.amount) <> 0 OR SUM(e.open) <> 0
        ) AS uneven ON uneven.pair = undoing.id
        GROUP BY undoing.undoes, undoing.id
        ORDER BY undoing.id
        """
    )
    yield from (f"Post {undone} är ångrad av post {by}, men tillsammans blir de inte noll." for undone, by in rows)


def _changes_replay_to_today(reader: Reader) -> Iterator[str]:
    replayed: dict[str, dict[int, str]] = {record.TABLE: {} for record in RECORDS}
    rows = reader.rows("SELECT record, id, before, after, batch FROM change ORDER BY batch, position")
    for table, number, before, after, batch in rows:
        if table not in replayed:
            yield f"Ändringen i post {batch} gäller {table}, som inte är något slags uppgift."
            continue
        if not _same_image(table, replayed[table].get(number), before):
            yield f"Ändringen av {table} {number} i post {batch} börjar inte där den förra slutade."
        if after is None:
            replayed[table].pop(number, None)
        else:
            replayed[table][number] = after
    for table, images in replayed.items():
        record = RECORD_BY_TABLE[table]
        today = {row.id: as_dict(row) for row in reader.records(record)}
        for number in sorted(images.keys() | today.keys()):
            try:
                logged = revive(record, from_json(images[number])) if number in images else None
            except (ValueError, KeyError):  # not even JSON, or not of this record
                logged = {}
            if logged != today.get(number):
                yield f"{table} {number} är inte vad ändringarna i historiken säger."


def _same_image(table: str, before: str | None, after: str | None) -> bool:
    """Whether two images say the same: one from before the record got a column lacks it."""
    if before == after or before is None or after is None:
        return before == after
    try:
        empty = dict.fromkeys(columns(RECORD_BY_TABLE[table]))
        return empty | from_json(before) == empty | from_json(after)
    except (ValueError, TypeError):  # not even JSON
        return False


RULES: tuple[Callable[[Reader], Iterator[str]], ...] = (
    _batches_fit_the_chain,
    _events_fit_the_chain,
    _batches_are_whole,
    _batches_follow_in_time,
    _numbers_have_no_gaps,
    _undoing_points_back,
    _everything_belongs_to_a_batch,
    _entries_are_well_formed,
    _entries_refer_to_what_exists,
    _records_refer_to_what_exists,
    _keys_are_unique,
    _remembered_names_mean_one_thing,
    _plan_versions_can_be_read,
    _call_dates_follow,
    _scores_fit_their_criteria,
    _moved_applications_are_somewhere,
    _costs_are_what_is_requested,
    _scenario_lines_say_one_thing,
    _scenarios_on_the_wall_are_the_meetings,
    _recommendations_are_as_frozen,
    _decisions_are_in_the_ledger,
    _nothing_is_asked_for_what_is_out,
    _turns_match_what_they_turn,
    _sums_agree,
    _undone_batches_net_to_nothing,
    _changes_replay_to_today,
)
