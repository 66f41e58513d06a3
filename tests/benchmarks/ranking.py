"""How long it takes to rank a large call, with how firm each place is, and to show a ranking on its page."""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from fou.access import Action, Person, Role
from fou.calling import GROUNDS
from fou.model import Area, Call, Conflict, Entry, Funder, Kind, Member, Project, Proposal, Score
from fou.model import Criterion as Ground
from fou.ranking import Criterion, gather, rank
from fou.store import Database
from tests.benchmarks.serving import ROOT, rerun_ms, serving

PROPOSALS, CRITERIA, MEMBERS = 500, 10, 15
TIMES = 7
#: A call of a size that a council meets.
CALL, APPLICATIONS, COUNCIL = "R40", 40, 7
TURNS, CLICKS = 5, 8
#: The ranking's views by their address, with what each may cost beside a bare st.App's empty rerun.
VIEWS = ("Lista", "Platser", "Pengar", "Grunder")


def measure() -> None:
    """Measure and print the best of several, in time of the processor: others use the machine."""
    chance = random.Random(6)
    criteria = [Criterion(c, 1 + c % 3, 0, (5, 10, 4)[c % 3]) for c in range(CRITERIA)]
    scores: list[tuple[int, int, int, int | None, bool | None]] = []
    for p in range(PROPOSALS):
        good = chance.uniform(0.3, 0.9)
        for m in range(MEMBERS):
            for ground in criteria:
                value = round(ground.highest * (good + chance.gauss(0, 0.2)))
                blank = chance.random() < 0.05
                scores.append((p, m, ground.position, None if blank else min(ground.highest, max(0, value)), False))
    conflicts = [(p, chance.randrange(MEMBERS)) for p in range(0, PROPOSALS, 9)]
    requested = {p: Decimal(chance.randrange(100, 900)) * 1000 for p in range(PROPOSALS)}
    gathering, ranking = [], []
    for _ in range(TIMES):
        started = time.process_time()
        ballots = gather(range(PROPOSALS), range(MEMBERS), criteria, scores, conflicts)
        between = time.process_time()
        rank(ballots, requested, Decimal(50_000_000))
        gathering.append(between - started)
        ranking.append(time.process_time() - between)
    print(f"\nRanking {PROPOSALS} applications × {CRITERIA} criteria × {MEMBERS} members, ms (the best of {TIMES})")
    print(f"  from rows to arrays {1000 * min(gathering):.0f}, means, places and sensitivity {1000 * min(ranking):.0f}")


def measure_page(folder: Path, prepared: Path) -> None:
    """Measure each view of an opened call's ranking beside a bare server's empty rerun; print the multiples."""
    database = folder / "ranking.duckdb"
    shutil.copy(prepared, database)
    code = (
        "import sys; from pathlib import Path; from fou.store import Database; "
        "from tests.benchmarks.ranking import fill; "
        "database = Database.open(Path(sys.argv[1])); fill(database); database.close()"
    )
    # In a process of its own: what filling leaves in memory is not this one's.
    subprocess.run([sys.executable, "-c", code, str(database)], cwd=ROOT, check=True)
    print(f"\nThe ranking's page: {APPLICATIONS} applications × 4 grounds × {COUNCIL} members, opened")
    print("  median ms from click to last message (multiple of a bare st.App's empty rerun; at most 5)")
    with serving(folder / "bare" / "app.py") as bare, serving(ROOT / "app.py", database) as fou:
        for view in VIEWS:
            page = f"ansokningar?utlysning={CALL}&del=rangordning&rangordning={view}"
            first, floors, reruns = rerun_ms(fou, page, 1)[0], [], []
            for _ in range(TURNS):
                # In turn, so that both are measured under the same load of the machine.
                floors.append(rerun_ms(bare, "", CLICKS)[1])
                reruns.append(rerun_ms(fou, page, CLICKS)[1])
            again, floor = statistics.median(reruns), statistics.median(floors)
            print(f"  {view:<9}{again:6.1f} ({again / floor:3.1f}x), the first run {first:.0f}", flush=True)


def fill(database: Database) -> None:
    """Add an opened call with its applications, a council's scores, some left out, and a few conflicts."""
    chance = random.Random(40)
    with database.write(Person("mätning", Role.ADMIN), Action.IMPORT, "Läste in en omgång") as work:
        funders = work.records(Funder, "WHERE kind = 'municipality' ORDER BY id")
        funder = funders[0].id if funders else work.create(Funder, name="Socialnämnden", kind="municipality")
        areas = [area.id for area in work.records(Area, "ORDER BY id")] or [work.create(Area, name="Barn och unga")]
        council = [one.id for one in work.records(Member, "WHERE role = 'member' ORDER BY id")][:COUNCIL]
        council += [
            work.create(Member, name=f"Ledamot {number}", role="member", chair=number == 1)
            for number in range(len(council) + 1, COUNCIL + 1)
        ]
        grounds = GROUNDS["Relevans, kvalitet, samverkan och genomförbarhet"]
        call = work.create(
            Call, code=CALL, name="Lokala utvecklingsmedel, en stor omgång", year=2026, state="assessment",
            opens=date(2025, 9, 1), closes=date(2025, 10, 15), scores_open=True,
        )  # fmt: skip
        for position, ground in enumerate(grounds, 1):
            work.create(
                Ground, call=call, position=position, name=ground.name, weight=ground.weight, scale=ground.highest,
                lowest=ground.lowest, guidance=ground.guidance,
            )  # fmt: skip
        entries = [Entry(Kind.RESERVED, 2026, funder, call=call, amount=Decimal(6_000_000), source="mätning")]
        scores = []
        conflicts = []
        for number in range(APPLICATIONS):
            title = f"{chance.choice(_METHODS)} om {chance.choice(_SUBJECTS)} i {chance.choice(_PLACES)}"
            project = work.create(Project, code=f"{CALL}-P{number}", title=title, area=chance.choice(areas))
            proposal = work.create(
                Proposal, code=f"{CALL}-{number + 1:02}", call=call, project=project, continuing=number % 5 == 0,
                applicants=f"Enheten {number % 9 + 1}", state="complete", received=date(2025, 10, 1),
            )  # fmt: skip
            asked = None if number == 17 else Decimal(chance.randrange(15, 90) * 10_000)
            entries.append(
                Entry(Kind.REQUESTED, 2026, funder, project, call, amount=asked or Decimal(0), open=int(asked is None),
                      source="mätning")
            )  # fmt: skip
            if number % 9 == 4:
                conflicts.append({"proposal": proposal, "member": council[number % COUNCIL], "reason": "Chef där",
                                  "declared": date(2025, 10, 20), "state": "declared"})  # fmt: skip
            good, apart = chance.uniform(0.25, 0.95), chance.choice((0.08, 0.08, 0.12, 0.3))
            for member in council:
                leans = chance.gauss(0, apart)
                for position, ground in enumerate(grounds, 1):
                    if chance.random() < 0.04 or number == 33:
                        continue
                    value = round(ground.highest * (good + leans + chance.gauss(0, 0.08)))
                    scores.append({"proposal": proposal, "member": member, "criterion": position,
                                   "value": min(ground.highest, max(ground.lowest, value))})  # fmt: skip
        work.create_many(Score, scores, ["mätning"] * len(scores))
        work.create_many(Conflict, conflicts, ["mätning"] * len(conflicts))
        work.post(entries)


_METHODS = ("En intervjustudie", "En uppföljning", "Ett stödprogram", "En kartläggning", "Ett nytt arbetssätt")
_SUBJECTS = (
    "tidigt stöd vid skolfrånvaro", "fallprevention hos äldre", "våld i nära relationer", "barns delaktighet",
    "sysselsättning för personer med funktionsnedsättning", "anhörigas vardag", "bostad först",
)  # fmt: skip
_PLACES = ("Lillsjödalen", "Norra Höjden", "Tallmon och Björkvik", "hela kommunen", "Västerängen")
