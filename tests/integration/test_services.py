"""Every service that takes the acting person asks the table of permissions, before it looks at anything else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import fou
from fou.access import Action, Person, Role, may
from fou.errors import Forbidden
from fou.imports.drafts import Drafts
from fou.ledger import history
from fou.store import Database

#: What each service needs one to be allowed. A new service that takes a person must be given its row here.
SERVICES = {
    "fou.applications.change": Action.EDIT,
    "fou.applications.enter": Action.EDIT,
    "fou.applications.enter_many": Action.IMPORT,
    "fou.applications.mark": Action.EDIT,
    "fou.applications.move": Action.EDIT,
    "fou.applications.withdraw": Action.EDIT,
    "fou.assessing.my_list": Action.ASSESS,
    "fou.assessing.open_scores": Action.OPEN_SCORES,
    "fou.assessing.progress": Action.OPEN_SCORES,
    "fou.assessing.save": Action.ASSESS,
    "fou.boards.board": Action.SEE_DRAFTS,
    "fou.boards.compare": Action.SEE_DRAFTS,
    "fou.boards.empty_board": Action.SEE_DRAFTS,
    "fou.boards.given": Action.SEE_DRAFTS,
    "fou.calling.copy_call": Action.EDIT,
    "fou.calling.create": Action.EDIT,
    "fou.calling.edit": Action.EDIT,
    "fou.calling.move_back": Action.EDIT,
    "fou.calling.move_on": Action.EDIT,
    "fou.calling.save_grounds": Action.EDIT,
    "fou.calling.save_money": Action.EDIT,
    "fou.conflicts.declare": Action.DECLARE,
    "fou.conflicts.dismiss": Action.DECLARE,
    "fou.conflicts.propose": Action.EDIT,
    "fou.deciding.decide": Action.DECIDE,
    "fou.deciding.foresee": Action.SEE_DRAFTS,
    "fou.deciding.ready": Action.SEE_DRAFTS,
    "fou.deciding.recommend": Action.RECOMMEND,
    "fou.deciding.recommendation_page": Action.SEE_DRAFTS,
    "fou.deciding.recommendations": Action.SEE_DRAFTS,
    "fou.deciding.verify": Action.SEE_DRAFTS,
    "fou.demo.load.load_documents": Action.LOAD_DEMO,
    "fou.demo.load.load_example": Action.LOAD_DEMO,
    "fou.exports.papers.making.made": Action.SEE_DRAFTS,
    "fou.imports.applications.posting.post": Action.IMPORT,
    "fou.imports.drafts.Drafts.holding": Action.SEE_PERSONAL_DATA,
    "fou.imports.drafts.Drafts.of": Action.IMPORT,
    "fou.imports.drafts.Drafts.open": Action.IMPORT,
    "fou.imports.drafts.Drafts.start": Action.IMPORT,
    "fou.imports.drafts.Drafts.weed": Action.WEED,
    "fou.imports.posting.post": Action.IMPORT,
    "fou.ledger.correct": Action.EDIT,
    "fou.ledger.undo": Action.UNDO,
    "fou.matters.matters": Action.SEE_DRAFTS,
    "fou.meetings.close": Action.PLAN_MEETING,
    "fou.meetings.create": Action.PLAN_MEETING,
    "fou.meetings.edit": Action.PLAN_MEETING,
    "fou.meetings.meeting_page": Action.SEE_DRAFTS,
    "fou.meetings.meetings": Action.SEE_DRAFTS,
    "fou.meetings.reopen": Action.PLAN_MEETING,
    "fou.meetings.save_attendance": Action.PLAN_MEETING,
    "fou.meetings.show": Action.PLAN_MEETING,
    "fou.meetings.start": Action.PLAN_MEETING,
    "fou.meetings.take_down": Action.DECLARE,
    "fou.members.add": Action.MANAGE_MEMBERS,
    "fou.members.block": Action.MANAGE_MEMBERS,
    "fou.members.change": Action.MANAGE_MEMBERS,
    "fou.members.members": Action.MANAGE_MEMBERS,
    "fou.members.remove_account": Action.MANAGE_MEMBERS,
    "fou.members.set_chair": Action.MANAGE_MEMBERS,
    "fou.planning.begin_revision": Action.EDIT,
    "fou.planning.cancel_revision": Action.EDIT,
    "fou.planning.create_plan": Action.EDIT,
    "fou.planning.decide": Action.DECIDE,
    "fou.planning.save_lines": Action.EDIT,
    "fou.planning.save_texts": Action.EDIT,
    "fou.privacy.extract.extract": Action.SEE_PERSONAL_DATA,
    "fou.privacy.extract.overview": Action.SEE_PERSONAL_DATA,
    "fou.privacy.places.drafts_naming": Action.SEE_PERSONAL_DATA,
    "fou.privacy.places.subject_of": Action.SEE_PERSONAL_DATA,
    "fou.privacy.places.suggest": Action.SEE_PERSONAL_DATA,
    "fou.privacy.weeding.need_not_be_done_again": Action.WEED,
    "fou.privacy.weeding.preview": Action.WEED,
    "fou.privacy.weeding.to_do_again": Action.WEED,
    "fou.privacy.weeding.weed": Action.WEED,
    "fou.privacy.weeding.weed_events": Action.WEED,
    "fou.scenarios.apply_suggestion": Action.TRY,
    "fou.scenarios.changes": Action.SEE_DRAFTS,
    "fou.scenarios.copy": Action.TRY,
    "fou.scenarios.copy_with_suggestion": Action.TRY,
    "fou.scenarios.create": Action.TRY,
    "fou.scenarios.leave_out": Action.TRY,
    "fou.scenarios.lock": Action.TRY,
    "fou.scenarios.put_away": Action.TRY,
    "fou.scenarios.put_back": Action.TRY,
    "fou.scenarios.rename": Action.TRY,
    "fou.scenarios.scenarios": Action.SEE_DRAFTS,
    "fou.scenarios.set_line": Action.TRY,
    "fou.scenarios.take_whole": Action.TRY,
    "fou.standings.grounds_met": Action.SEE_SCORES,
    "fou.standings.standings": Action.SEE_SCORES,
    "fou.suggesting.asked": Action.SEE_SCORES,
    "fou.suggesting.problem": Action.SEE_SCORES,
    "fou.suggesting.suggest": Action.SEE_SCORES,
    "fou.suggesting.why": Action.SEE_SCORES,
    "fou.store.database.Database.backup": Action.BACKUP,
    "fou.store.database.Database.restore": Action.RESTORE,
}
#: Those that take a person and no permission: they are what the permissions are made of, or the one door itself.
NO_SERVICES = {
    "fou.access.may", "fou.access.require", "fou.conflicts.leads", "fou.matters.in_conflict",
    "fou.scenarios.may_edit",
    "fou.store.sight.sight_of", "fou.store.database.Database.write",
    "fou.undoing.refuse_unlawful",
}  # fmt: skip


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function and method outside the screens that takes the acting person, by its full name."""
    for module in pkgutil.walk_packages(fou.__path__, "fou."):
        if module.name.startswith(("fou.ui", "fou.__main__", "fou.cli")):
            continue
        loaded = importlib.import_module(module.name)
        classes = [found for _, found in inspect.getmembers(loaded, inspect.isclass)]
        for holder in (loaded, *(found for found in classes if found.__module__ == module.name)):
            for name, function in inspect.getmembers(holder, inspect.isfunction):
                takes_one = "Person" in str(function.__annotations__.get("person"))
                if takes_one and function.__module__ == module.name and not name.startswith("_"):
                    yield f"{module.name}.{function.__qualname__}", function


FOUND = dict(services())


def test_every_service_that_takes_a_person_has_a_rule() -> None:
    assert FOUND.keys() - NO_SERVICES == SERVICES.keys()


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("role", Role)
def test_a_service_refuses_whom_the_table_does_not_let_in(
    database: Database, tmp_path: Path, name: str, role: Role
) -> None:
    """The other arguments are None: whoever is refused is so before they are looked at."""
    person = Person("Någon", role)
    drafts = Drafts(tmp_path / "drafts")
    given: dict[str, Any] = {"database": database, "person": person, "drafts": drafts}
    given["self"] = drafts if "Drafts" in name else database
    parameters = inspect.signature(FOUND[name]).parameters
    with database.read() as reader:
        given["reader"] = reader
        arguments = {
            key: given.get(key) for key, parameter in parameters.items() if parameter.default is parameter.empty
        }
        error: Exception | None = None
        try:
            FOUND[name](**arguments)
        except Exception as raised:  # whatever None leads to, for those who are let in
            error = raised
    assert isinstance(error, Forbidden) != may(person, SERVICES[name])
    if isinstance(error, Forbidden):
        with database.read() as reader:
            assert history(reader) == []
