"""Correcting, granting, undoing, tracing, and reading as of an earlier batch."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from fou.access import Action, Person, Role
from fou.check import check
from fou.errors import Forbidden, Refused, SaveConflict, UndoRefused
from fou.figures import Figures
from fou.ledger import correct, entries, grant, history, statements, take_back, trace, undo
from fou.model import Area, Basis, Call, Entry, Funder, Kind, Project, Proposal
from fou.store import Database
from fou.sums import figures_by

BERTIL = Person("Bertil", Role.ADMIN)
YEAR = 2025


@dataclass(frozen=True)
class World:
    """Batch 1: a funder, two areas, a call and two projects, and nothing in the ledger."""

    staden: int
    barn: int
    vuxna: int
    call: int
    a: int
    b: int


@pytest.fixture
def world(database: Database, admin: Person) -> World:
    with database.write(admin, Action.EDIT, "Början") as work:
        barn, vuxna = (work.create(Area, name=name) for name in ("Barn", "Vuxna"))
        return World(
            staden=work.create(Funder, name="Staden", kind="municipality"),
            barn=barn,
            vuxna=vuxna,
            call=work.create(Call, code="U1", name="Utlysning", year=YEAR, state="open"),
            a=work.create(Project, code="A", title="Projekt A", area=barn, lead="Siv"),
            b=work.create(Project, code="B", title="Projekt B", area=barn),
        )


def entry(world: World, kind: Kind, amount: int | str | None, **about: object) -> Entry:
    """A statement about project A in 2025, unless something else is said; no amount makes it open."""
    about = {"project": world.a, "source": "budget › B2"} | about
    return Entry(
        kind, YEAR, world.staden, amount=Decimal(amount or 0), open=int(amount is None), **about,  # type: ignore[arg-type]
    )  # fmt: skip


def post(database: Database, person: Person, *posted: Entry, note: str = "Bokförde") -> int:
    with database.write(person, Action.EDIT, note) as work:
        work.post(posted)
        return work.batch


def granted(database: Database, person: Person, entry: Entry) -> int:
    with database.write(person, Action.EDIT, "Beviljade") as work:
        grant(work, entry)
        return work.batch


def standing(database: Database) -> list[tuple[Kind, Decimal, int]]:
    with database.read() as reader:
        return [(statement.kind, statement.amount, statement.open) for statement in statements(reader)]


def sums(database: Database) -> Figures:
    with database.read() as reader:
        return figures_by(reader, "1").get(1, Figures())


def title(database: Database, number: int) -> str | None:
    with database.read() as reader:
        found = reader.records(Project, "WHERE id = $id", id=number)
    return found[0].title if found else None


def edit(database: Database, person: Person, number: int, **values: object) -> int:
    with database.write(person, Action.EDIT, f"Ändrade {', '.join(values)}") as work:
        work.update(Project, number, values)
        return work.batch


def assert_whole(database: Database) -> None:
    with database.read() as reader:
        assert check(reader) == []


# Correcting


def test_correcting_replaces_the_amount(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel i underlaget")
    assert standing(database) == [(Kind.PLANNED, Decimal(80), 0)]


def test_a_correction_says_who_and_why(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel i underlaget")
    with database.read() as reader:
        assert [statement.source for statement in statements(reader)] == ["ändrat: fel i underlaget"]


def test_a_correction_deletes_nothing(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel")
    with database.read() as reader:
        assert [(e.amount, e.reverses) for e in entries(reader)] == [(100, None), (-100, 1), (80, None)]


def test_an_amount_can_be_made_not_set(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, admin, 1, None, "inte bestämt")
    assert standing(database) == [(Kind.PLANNED, Decimal(0), 1)]


def test_an_amount_that_was_not_set_can_be_set_to_nothing(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, None))
    correct(database, admin, 1, Decimal(0), "blev inget")
    assert standing(database) == [(Kind.PLANNED, Decimal(0), 0)]


def test_correcting_what_somebody_has_corrected_tells_who(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel")
    with pytest.raises(SaveConflict, match=r"^Bertil har ändrat samma belopp .*post 3 "):
        correct(database, admin, 1, Decimal(70), "också fel")
    assert standing(database) == [(Kind.PLANNED, Decimal(80), 0)]


def test_correcting_an_amount_that_never_was_is_refused(database: Database, admin: Person) -> None:
    with pytest.raises(Refused, match="inget belopp med nummer 7"):
        correct(database, admin, 7, Decimal(1), "fel")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_only_an_admin_may_correct_and_undo(database: Database, admin: Person, world: World, role: Role) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    with pytest.raises(Forbidden):
        correct(database, Person("Vera", role), 1, Decimal(80), "fel")
    with pytest.raises(Forbidden):
        undo(database, Person("Vera", role), 2)


# Undoing amounts


def test_undoing_takes_back_what_the_batch_posted(database: Database, admin: Person, world: World) -> None:
    undo(database, admin, post(database, admin, entry(world, Kind.PLANNED, 100), entry(world, Kind.FRAME, None)))
    assert standing(database) == []


def test_undoing_a_correction_brings_the_earlier_amount_back(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    undo(database, admin, correct(database, admin, 1, Decimal(80), "fel"))
    assert standing(database) == [(Kind.PLANNED, Decimal(100), 0)]


def test_undoing_an_undoing_does_it_again(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    seen = []
    for _ in range(4):
        batch = undo(database, admin, batch)
        seen.append(standing(database))
    assert seen == [[], [(Kind.PLANNED, Decimal(100), 0)]] * 2


def test_the_history_shows_what_is_undone_and_by_which_batch(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    undone = undo(database, admin, batch)
    with database.read() as reader:
        assert [(b.id, b.undoes, b.undone_by) for b in history(reader, limit=2)] == [(3, 2, None), (2, None, undone)]


def test_a_batch_whose_undoing_is_undone_counts_as_in_force(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    undo(database, admin, undo(database, admin, batch))
    with database.read() as reader:
        assert {b.id: b.undone_by for b in history(reader)} == {4: None, 3: 4, 2: None, 1: None}


def test_undoing_twice_is_refused(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    undo(database, admin, batch)
    with pytest.raises(UndoRefused, match=r"Post 2 är redan ångrad \(genom post 3\)"):
        undo(database, admin, batch)


def test_undoing_what_never_was_is_refused(database: Database, admin: Person) -> None:
    with pytest.raises(UndoRefused, match="ingen post 9"):
        undo(database, admin, 9)


def test_undoing_below_a_later_correction_names_it(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel i underlaget")
    with pytest.raises(UndoRefused, match=r"beloppen har ändrats senare, i post 3 \(fel i underlaget, Bertil\)"):
        undo(database, admin, batch)


def test_a_refused_undoing_writes_nothing(database: Database, admin: Person, world: World) -> None:
    batch = post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel")
    before = database.version
    with pytest.raises(UndoRefused):
        undo(database, admin, batch)
    with database.read() as reader:
        assert (database.version, len(history(reader)), len(entries(reader))) == (before, 3, 3)


def test_undoing_in_order_from_the_newest_always_works(database: Database, admin: Person, world: World) -> None:
    first = post(database, admin, entry(world, Kind.PLANNED, 100))
    second = correct(database, admin, 1, Decimal(80), "fel")
    third = correct(database, admin, 3, Decimal(60), "mer fel")
    for batch in (third, second, first):
        undo(database, admin, batch)
    assert standing(database) == []


def test_an_amount_does_not_come_back_beside_a_later_one(database: Database, admin: Person, world: World) -> None:
    undoing = undo(database, admin, post(database, admin, entry(world, Kind.PLANNED, 100)))
    post(database, BERTIL, entry(world, Kind.PLANNED, 90), note="Ny budget")
    with pytest.raises(UndoRefused, match=r"post 4 \(Ny budget, Bertil\)"):
        undo(database, admin, undoing)


def test_undoing_leaves_what_the_batch_itself_took_back(database: Database, admin: Person, world: World) -> None:
    """The rest after the first grant is made and consumed in one batch; it never stood outside it."""
    post(database, admin, entry(world, Kind.RESERVED, 500))
    with database.write(admin, Action.EDIT, "Två beslut") as work:
        grant(work, entry(world, Kind.GRANTED, 200))
        grant(work, entry(world, Kind.GRANTED, 100))
        batch = work.batch
    undo(database, admin, batch)
    assert standing(database) == [(Kind.RESERVED, Decimal(500), 0)]


def test_a_batch_that_took_back_all_it_did_counts_as_undone(database: Database, admin: Person, world: World) -> None:
    with database.write(admin, Action.EDIT, "Fram och tillbaka") as work:
        work.post([entry(world, Kind.PLANNED, 100)])
        take_back(work, ((found, "ångrade mig") for found in statements(work)))
        batch = work.batch
    undoing = undo(database, admin, batch)
    with database.read() as reader:
        assert {b.id: b.undone_by for b in history(reader)} == {3: None, 2: undoing, 1: None}
        assert check(reader) == []


# Undoing records


def test_undoing_brings_back_the_earlier_value(database: Database, admin: Person, world: World) -> None:
    undo(database, admin, edit(database, admin, world.a, title="Ny titel"))
    assert title(database, world.a) == "Projekt A"


def test_undoing_keeps_what_has_been_changed_since_in_other_fields(
    database: Database, admin: Person, world: World
) -> None:
    batch = edit(database, admin, world.a, title="Ny titel")
    edit(database, BERTIL, world.a, lead="Ulla")
    undo(database, admin, batch)
    with database.read() as reader:
        (found,) = reader.records(Project, "WHERE id = $id", id=world.a)
    assert (found.title, found.lead) == ("Projekt A", "Ulla")


def test_undoing_below_a_later_change_names_the_batch_that_changed_the_same_field(
    database: Database, admin: Person, world: World
) -> None:
    batch = edit(database, admin, world.a, title="Två")
    edit(database, BERTIL, world.a, title="Tre")
    edit(database, admin, world.a, lead="Ulla")
    with pytest.raises(UndoRefused, match=r"projektet har ändrats senare, i post 3 \(Ändrade title, Bertil\)"):
        undo(database, admin, batch)


def test_once_the_named_batch_is_undone_the_earlier_one_can_be(database: Database, admin: Person, world: World) -> None:
    batch = edit(database, admin, world.a, title="Två")
    later = edit(database, BERTIL, world.a, title="Tre", lead="Ulla")
    undo(database, admin, later)
    undo(database, admin, batch)
    assert title(database, world.a) == "Projekt A"


def test_undoing_a_creation_removes_the_record(database: Database, admin: Person, world: World) -> None:
    undo(database, admin, 1)
    assert title(database, world.a) is None


def test_a_record_comes_back_with_its_number_and_values(database: Database, admin: Person, world: World) -> None:
    with database.read() as reader:
        before = reader.records(Project, "ORDER BY id")
    undo(database, admin, undo(database, admin, 1))
    with database.read() as reader:
        assert reader.records(Project, "ORDER BY id") == before


def test_a_batch_that_both_makes_and_changes_a_record_is_undone_whole(
    database: Database, admin: Person, world: World
) -> None:
    with database.write(admin, Action.EDIT, "Skapa och ändra") as work:
        number = work.create(Project, code="C", title="Ett")
        work.update(Project, number, {"title": "Två"})
        work.update(Project, world.a, {"title": "Två"})
        work.update(Project, world.a, {"title": "Tre", "lead": "Ulla"})
        batch = work.batch
    undoing = undo(database, admin, batch)
    assert (title(database, number), title(database, world.a)) == (None, "Projekt A")
    undo(database, admin, undoing)
    assert (title(database, number), title(database, world.a)) == ("Två", "Tre")
    assert_whole(database)


def test_undoing_a_creation_is_refused_when_an_amount_stands_on_it(
    database: Database, admin: Person, world: World
) -> None:
    post(database, BERTIL, entry(world, Kind.PLANNED, 100), note="Budget")
    with pytest.raises(UndoRefused, match=r"post 2 \(Budget, Bertil\)"):
        undo(database, admin, 1)


def test_undoing_a_creation_is_refused_when_another_record_points_at_it(
    database: Database, admin: Person, world: World
) -> None:
    with database.write(BERTIL, Action.EDIT, "Ny ansökan") as work:
        proposal = work.create(Proposal, code="S1", call=world.call, project=world.a)
    with database.write(admin, Action.EDIT, "Sökande") as work:
        work.update(Proposal, proposal, {"applicants": "Siv"})
    with pytest.raises(UndoRefused, match=r"post 2 \(Ny ansökan, Bertil\)"):
        undo(database, admin, 1)


def test_undoing_a_creation_is_refused_when_the_record_has_changed(
    database: Database, admin: Person, world: World
) -> None:
    edit(database, BERTIL, world.a, title="Ny titel")
    with pytest.raises(UndoRefused, match=r"post 2 \(Ändrade title, Bertil\)"):
        undo(database, admin, 1)


def test_once_an_amount_is_taken_back_the_record_may_go(database: Database, admin: Person, world: World) -> None:
    undo(database, admin, post(database, admin, entry(world, Kind.PLANNED, 100)))
    undo(database, admin, 1)
    assert_whole(database)


def test_an_amount_does_not_come_back_on_a_record_that_is_gone(database: Database, admin: Person, world: World) -> None:
    undoing = undo(database, admin, post(database, admin, entry(world, Kind.PLANNED, 100)))
    undo(database, BERTIL, 1)
    with pytest.raises(UndoRefused, match=r"har ändrats senare, i post 4 \(Ångrar post 1, Bertil\)"):
        undo(database, admin, undoing)


def test_a_record_does_not_come_back_pointing_at_one_that_is_gone(database: Database, admin: Person) -> None:
    with database.write(admin, Action.EDIT, "Område") as work:
        area = work.create(Area, name="Äldre")
    with database.write(admin, Action.EDIT, "Projekt") as work:
        work.create(Project, code="C", title="C", area=area)
    undoing = undo(database, admin, 2)
    undo(database, BERTIL, 1)
    with pytest.raises(UndoRefused, match=r"området har ändrats senare, i post 4 \(Ångrar post 1, Bertil\)"):
        undo(database, admin, undoing)


def test_a_value_does_not_come_back_pointing_at_a_record_that_is_gone(
    database: Database, admin: Person, world: World
) -> None:
    with database.write(admin, Action.EDIT, "Område") as work:
        area = work.create(Area, name="Äldre")
    edit(database, admin, world.a, area=area)
    batch = edit(database, admin, world.a, area=world.vuxna)
    undo(database, BERTIL, 2)
    with pytest.raises(UndoRefused, match=r"området har ändrats senare, i post 5 \(Ångrar post 2, Bertil\)"):
        undo(database, admin, batch)


def test_a_record_does_not_come_back_beside_another_with_its_name(
    database: Database, admin: Person, world: World
) -> None:
    undoing = undo(database, admin, 1)
    with database.write(BERTIL, Action.EDIT, "Nytt projekt") as work:
        work.create(Project, code="A", title="Ett annat A")
    with pytest.raises(UndoRefused, match=r"post 3 \(Nytt projekt, Bertil\)"):
        undo(database, admin, undoing)


def test_a_name_does_not_come_back_when_another_record_has_it(database: Database, admin: Person, world: World) -> None:
    batch = edit(database, admin, world.a, code="A2")
    with database.write(BERTIL, Action.EDIT, "Nytt projekt") as work:
        work.create(Project, code="A", title="Ett annat A")
    with pytest.raises(UndoRefused, match=r"post 3 \(Nytt projekt, Bertil\)"):
        undo(database, admin, batch)


# Granting


def test_granting_consumes_what_is_reserved(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 500))
    granted(database, admin, entry(world, Kind.GRANTED, 500))
    assert standing(database) == [(Kind.GRANTED, Decimal(500), 0)]


def test_granting_less_leaves_the_rest_reserved(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, "500.50", source="plan › C7", document="plan s. 3"))
    granted(database, admin, entry(world, Kind.GRANTED, 200))
    with database.read() as reader:
        found = [(s.kind, s.amount, s.source, s.document) for s in statements(reader)]
    assert found == [
        (Kind.GRANTED, Decimal(200), "budget › B2", None),
        (Kind.RESERVED, Decimal("300.50"), "plan › C7", "plan s. 3"),
    ]


def test_granting_more_than_is_reserved_takes_it_all(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 100), entry(world, Kind.RESERVED, 150))
    granted(database, admin, entry(world, Kind.GRANTED, 400))
    assert standing(database) == [(Kind.GRANTED, Decimal(400), 0)]


def test_granting_settles_a_reservation_without_an_amount(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, None))
    granted(database, admin, entry(world, Kind.GRANTED, 400))
    assert standing(database) == [(Kind.GRANTED, Decimal(400), 0)]


def test_a_grant_whose_amount_is_not_set_consumes_no_amount(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 100))
    granted(database, admin, entry(world, Kind.GRANTED, None))
    assert standing(database) == [(Kind.RESERVED, Decimal(100), 0), (Kind.GRANTED, Decimal(0), 1)]


def test_a_grant_on_a_condition_leaves_the_money_reserved(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 100))
    granted(database, admin, entry(world, Kind.GRANTED, 100, condition="under förutsättning att staten betalar"))
    assert (sums(database).sum(Kind.RESERVED), sums(database).conditional[Kind.GRANTED]) == (100, 100)


def test_a_reservation_that_the_grant_does_not_reach_is_not_touched(
    database: Database, admin: Person, world: World
) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 100), entry(world, Kind.RESERVED, 70))
    granted(database, admin, entry(world, Kind.GRANTED, 100))
    with database.read() as reader:
        assert [(s.id, s.kind) for s in statements(reader)] == [(2, Kind.RESERVED), (4, Kind.GRANTED)]


def test_taking_money_back_does_not_reserve_more(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 100))
    granted(database, admin, entry(world, Kind.GRANTED, -30))
    assert sums(database).sum(Kind.RESERVED) == 100


@pytest.mark.parametrize("kind", [Kind.REQUESTED, Kind.PROPOSED, Kind.PLANNED, Kind.FRAME])
def test_granting_consumes_nothing_but_reservations(
    database: Database, admin: Person, world: World, kind: Kind
) -> None:
    post(database, admin, entry(world, kind, 100))
    granted(database, admin, entry(world, Kind.GRANTED, 100))
    assert standing(database) == [(kind, Decimal(100), 0), (Kind.GRANTED, Decimal(100), 0)]


def test_what_is_reserved_for_something_else_is_not_consumed(database: Database, admin: Person, world: World) -> None:
    post(
        database, admin,
        entry(world, Kind.RESERVED, 1, project=world.b),
        entry(world, Kind.RESERVED, 2, project=None, call=world.call),
        entry(world, Kind.RESERVED, 3, project=None, area=world.barn),
    )  # fmt: skip
    granted(database, admin, entry(world, Kind.GRANTED, 100))
    granted(database, admin, entry(world, Kind.GRANTED, 100, project=None, area=world.vuxna))
    assert sums(database).sum(Kind.RESERVED) == 6


def test_granting_within_an_area_consumes_what_is_reserved_for_it(
    database: Database, admin: Person, world: World
) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 300, project=None, area=world.barn))
    granted(database, admin, entry(world, Kind.GRANTED, 100, project=None, area=world.barn))
    assert sums(database).sum(Kind.RESERVED) == 200


def test_undoing_a_grant_reserves_the_money_again(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.RESERVED, 500))
    undo(database, admin, granted(database, admin, entry(world, Kind.GRANTED, 200)))
    assert standing(database) == [(Kind.RESERVED, Decimal(500), 0)]


# Figures and tracing


def test_open_and_conditional_amounts_are_in_no_sum(database: Database, admin: Person, world: World) -> None:
    post(
        database, admin,
        entry(world, Kind.GRANTED, 100),
        entry(world, Kind.GRANTED, 1000, condition="under förutsättning att staten betalar"),
        entry(world, Kind.GRANTED, None),
        entry(world, Kind.GRANTED, None, condition="under förutsättning att staten betalar"),
    )  # fmt: skip
    found = sums(database)
    assert (found.firm, found.conditional, found.open) == (
        {Kind.GRANTED: Decimal(100)},
        {Kind.GRANTED: Decimal(1000)},
        {Kind.GRANTED: 2},
    )


def test_a_kind_with_nothing_but_open_amounts_has_no_sum(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.GRANTED, None))
    assert sums(database).stated(Kind.GRANTED) is None


def test_an_open_amount_that_has_been_set_is_no_longer_open(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.GRANTED, None))
    correct(database, admin, 1, Decimal(75), "beslut")
    found = sums(database)
    assert (found.stated(Kind.GRANTED), found.open_count) == (Decimal(75), 0)


def test_amounts_that_are_taken_back_leave_no_sum(database: Database, admin: Person, world: World) -> None:
    undo(database, admin, post(database, admin, entry(world, Kind.GRANTED, 100)))
    assert sums(database).stated(Kind.GRANTED) is None


def test_what_a_figure_is_traced_to_sums_to_it(database: Database, admin: Person, world: World) -> None:
    post(database, admin, entry(world, Kind.PLANNED, "100.25"), entry(world, Kind.PLANNED, 50))
    correct(database, BERTIL, 1, Decimal(80), "fel")
    undo(database, admin, post(database, admin, entry(world, Kind.PLANNED, 7)))
    with database.read() as reader:
        traced = trace(reader, "kind = 'planned' AND project = $project", project=world.a)
    assert sum(row.entry.amount for row in traced) == sums(database).sum(Kind.PLANNED) == 130


def test_tracing_tells_who_posted_each_amount_and_whether_it_stands(
    database: Database, admin: Person, world: World
) -> None:
    post(database, admin, entry(world, Kind.PLANNED, 100))
    correct(database, BERTIL, 1, Decimal(80), "fel")
    with database.read() as reader:
        traced = trace(reader, "kind = 'planned'")
    assert [(row.entry.amount, row.batch.actor, row.stands) for row in traced] == [
        (100, "Anna", False),
        (-100, "Bertil", False),
        (80, "Bertil", True),
    ]


def test_figures_as_of_a_batch_are_what_they_were(database: Database, admin: Person, world: World) -> None:
    heads = [post(database, admin, entry(world, Kind.PLANNED, 100))]
    heads.append(correct(database, admin, 1, Decimal(80), "fel"))
    heads.append(undo(database, admin, heads[-1]))
    found = []
    for head in heads:
        with database.read(head) as reader:
            found.append(figures_by(reader, "standing.project")[world.a].sum(Kind.PLANNED))
    assert found == [100, 80, 100]


def test_an_entry_is_read_as_it_was_posted(database: Database, admin: Person, world: World) -> None:
    posted = entry(
        world, Kind.RETURNED, "-0.01", call=world.call, area=world.barn, condition="om", basis=Basis.SPREAD,
        document="Bilaga 1",
    )  # fmt: skip
    batch = post(database, admin, posted)
    with database.read() as reader:
        (found,) = entries(reader)
    assert (found.id, found.batch) == (1, batch)
    assert Entry(**{name: getattr(found, name) for name in Entry.__slots__} | {"id": 0, "batch": 0}) == posted
