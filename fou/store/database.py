"""Opening the database file, and the one connection and one write lock that a process has for it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from glob import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from fou.access import Action, Person, require
from fou.errors import DatabaseDamaged, DatabaseLocked, DatabaseNewer, NotOurDatabase, StoreError
from fou.model import RECORDS, EventKind
from fou.store import chain, events
from fou.store.reading import Reader, quote_name
from fou.store.sight import EVERYTHING, Sight
from fou.store.work import Work

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.sql"
MIGRATIONS = HERE / "migrations"
APPLICATION = "fou"
LOCAL_TIME = ZoneInfo("Europe/Stockholm")
#: Every table that a backup brings back. The log of events stays: what was done was done.
TABLES = ("batch", "entry", "change", "weeded", *(record.TABLE for record in RECORDS))
#: The version from which batches are sealed.
SEALED = 4
#: What another file is called while it is attached. No database file can have the same name, for the slash.
OTHER = '"other/file"'


class Database:
    """The open database. Threads share it: each read and each write takes a cursor of its own."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self._connection = connection
        #: Asked first by all that writes: the acting person as they are now, or Forbidden. A page may have been
        #: standing open since the person's role was another.
        self.confirm: Callable[[Person], Person] | None = None
        self._write_lock = threading.RLock()
        self._busy = False
        with self.read() as reader:
            head = int(reader.value("SELECT COALESCE(MAX(id), 0) FROM batch"))
            self._weeded = bool(reader.value("SELECT weeded FROM meta"))
        self._version = self._beside_scenarios = (0, head)

    @classmethod
    def open(cls, path: Path | str, migrations: Path = MIGRATIONS) -> Database:
        """Open the file, creating it if there is none and migrating it if it is older.

        Raises StoreError (a subclass says which kind) when it cannot be used; the file is then untouched.
        """
        path = Path(path)
        if not path.exists():
            _create(path, migrations)
        version = _inspect(path)
        wanted = current_version(migrations)
        if version > wanted:
            raise DatabaseNewer(
                f"Databasen {path.name} är gjord av en senare version av Fou (version {version}, den här klarar "
                f"{wanted}). Uppdatera Fou, eller öppna en äldre säkerhetskopia. Filen är orörd."
            )
        if version < wanted:
            _migrate(path, version, migrations)
        return cls(path, _connect(path))

    def close(self) -> None:
        """Wait for the write under way, then let go of the file."""
        with self._one_at_a_time():
            if self._weeded:
                self._write_anew()
            self._connection.close()

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever anything in the database has changed; what was read under it may be kept."""
        return self._version

    @property
    def version_beside_scenarios(self) -> tuple[int, int]:
        """As ``version``, but the same after a change of scenarios alone, which a meeting makes many of."""
        return self._beside_scenarios

    @contextmanager
    def read(self, head: int | None = None, sight: Sight = EVERYTHING) -> Iterator[Reader]:
        """A consistent view of everything, or of the time when batch ``head`` was the latest.

        What ``sight`` leaves out is not there; see ``sight_of``.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            yield Reader(cursor, head, sight)
        finally:
            cursor.close()

    @contextmanager
    def write(
        self,
        person: Person,
        action: Action,
        note: str,
        *,
        file: str | None = None,
        sha256: str | None = None,
        undoes: int | None = None,
    ) -> Iterator[Work]:
        """The one door for writes: one transaction, one batch, one writer at a time in the process.

        Commits at the end of the block; any exception rolls everything back. A block that posts nothing leaves
        no batch. Raises Forbidden if the person's role does not allow the action.
        """
        with self._allowed(person, action) as person:
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                work = Work(cursor, person.name, action, note, file=file, sha256=sha256, undoes=undoes)
                yield work
                if work.finish():
                    cursor.execute("COMMIT")
                    if work.beside_scenarios:
                        self._beside_scenarios = (self._version[0], work.batch)
                    self._version = (self._version[0], work.batch)
                    self._weeded = self._weeded or work.has_weeded
                else:
                    cursor.execute("ROLLBACK")
            except BaseException:
                _roll_back(cursor)
                raise
            finally:
                cursor.close()

    def log(self, kind: EventKind, actor: str, note: str = "") -> None:
        """Tell of something in the event log. What is read stays the same: ``version`` does not change.

        Inside a ``write`` it is ``Work.log`` that does this.
        """
        with self._one_at_a_time():
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                events.append(Reader(cursor), kind, actor, note)
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise
            finally:
                cursor.close()

    @contextmanager
    def _allowed(self, person: Person, action: Action) -> Iterator[Person]:
        """Hold the write lock for who may do this, as the person is now."""
        while True:
            seen = self._version
            # Not under the lock: who asks may be holding a lock of their own that another waits for.
            current = person if self.confirm is None else self.confirm(person)
            require(current, action)
            with self._one_at_a_time():
                # A role that was taken away while somebody else wrote must not be used.
                if self.confirm is None or self._version == seen:
                    yield current
                    return

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Hold the write lock, which no thread may take again inside itself: the transactions would collide."""
        with self._write_lock:
            if self._busy:
                raise RuntimeError("a write inside a write")
            self._busy = True
            try:
                yield
            finally:
                self._busy = False

    def head_on(self, day: date) -> int:
        """The latest batch posted on or before this day in Swedish time; 0 before the first."""
        midnight = datetime.combine(day + timedelta(days=1), time(), LOCAL_TIME)
        return self.head_at(midnight.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1))

    def head_at(self, moment: datetime) -> int:
        """The latest batch posted at or before this moment (naive UTC); 0 before the first."""
        with self.read() as reader:
            return int(reader.value("SELECT COALESCE(MAX(id), 0) FROM batch WHERE posted <= $moment", moment=moment))

    def backup(self, person: Person, target: Path) -> None:
        """Write a whole copy to ``target``, which must not exist; the server goes on meanwhile."""
        with self._allowed(person, Action.BACKUP) as person:
            self._copy_to(target)
        self.log(EventKind.BACKUP_TAKEN, person.name, target.name)

    def restore(self, person: Person, source: Path) -> Path:
        """Replace everything with the backup in ``source``; return the copy of what was there before.

        Readers see the old content until the new is whole. Raises StoreError if the backup cannot be used.
        """
        # One lock over the copy and the exchange: what somebody writes in between would be in neither.
        with self._allowed(person, Action.RESTORE) as person:
            if source.exists() and source.samefile(self.path):
                raise StoreError(f"{source.name} är den databas som är öppen. Välj en säkerhetskopia.")
            version = _inspect(source)
            if version != current_version():
                raise StoreError(
                    f"Säkerhetskopian {source.name} är av version {version} och databasen av version "
                    f"{current_version()}. Öppna kopian för sig först, så görs den om, och återställ sedan."
                )
            kept = _free_name(self.path, "före-återställning")
            self._copy_to(kept)
            with self._attached(f"ATTACH '{_quoted(source)}' AS {OTHER} (READ_ONLY)") as cursor:
                try:
                    cursor.execute("BEGIN TRANSACTION")
                    before = chain.mark(Reader(cursor))
                    for table in TABLES:
                        cursor.execute(f"DELETE FROM {table}")
                        cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {OTHER}.{table}")
                    work = Work(
                        cursor, person.name, Action.RESTORE, f"Återställd från {source.name}",
                        file=source.name, sha256=None, undoes=None,
                    )  # fmt: skip
                    work.keep_even_if_empty()
                    work.finish()
                    # Marks printed before are no longer in the chain, unless they are in the backup's.
                    work.log(EventKind.RESTORED, f"{source.name}: {before or 'inga poster'} → {chain.mark(work)}")
                    cursor.execute("COMMIT")
                except duckdb.Error as error:
                    _roll_back(cursor)
                    raise StoreError(
                        f"{source.name} kunde inte återställas. Inget är ändrat. ({_first_line(error)})"
                    ) from error
                except BaseException:
                    _roll_back(cursor)
                    raise
            self._version = self._beside_scenarios = (self._version[0] + 1, work.batch)
        return kept

    def _copy_to(self, target: Path) -> None:
        """Write a whole copy; the write lock must be held."""
        if target.exists() or _log_of(target).exists():
            raise StoreError(f"{target.name} finns redan. Välj ett annat namn, så att inget skrivs över.")
        if not target.parent.is_dir():
            raise StoreError(f"Mappen {target.parent} finns inte.")
        part = target.with_name(target.name + ".part")
        _remove(part)
        try:
            # Not a plain copy of the file: closing a second handle to it would drop this process's lock on it.
            with self._attached(f"ATTACH '{_quoted(part)}' AS {OTHER}") as cursor:
                row = cursor.execute("SELECT current_database()").fetchone()
                assert row is not None
                cursor.execute(f"COPY FROM DATABASE {quote_name(row[0])} TO {OTHER}")
                cursor.execute(f"UPDATE {OTHER}.meta SET weeded = 0")
            os.replace(part, target)
        except (duckdb.Error, OSError) as error:
            raise StoreError(f"Kopian {target.name} kunde inte skrivas. ({_first_line(error)})") from error
        finally:
            _remove(part)

    def _write_anew(self) -> None:
        """Replace the file with a copy of itself: DuckDB leaves what is taken away in the parts that it does not use.

        The write lock must be held, and the file is then to be closed.
        """
        path = self.path.resolve()
        copy = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("CHECKPOINT")
            _remove(copy)
            self._copy_to(copy)
            shutil.copymode(path, copy)
            os.replace(copy, path)
        except (StoreError, duckdb.Error, OSError):
            _remove(copy)  # done the next time that the file is closed

    @contextmanager
    def _attached(self, attach: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees another file as OTHER. All cursors share what is attached, so it must go away."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(attach)
            try:
                yield cursor
            finally:
                cursor.execute(f"DETACH {OTHER}")
        finally:
            cursor.close()


def current_version(migrations: Path = MIGRATIONS) -> int:
    """The schema version of this Fou."""
    return max([1, *(number for number, _ in _numbered(migrations))])


def _numbered(migrations: Path) -> list[tuple[int, Path]]:
    return sorted((int(file.name[:4]), file) for file in migrations.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        # A file that asks for an extension must not make the server fetch one from the internet.
        return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
    except duckdb.Error as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: duckdb.Error) -> StoreError:
    """DuckDB's error as one of ours. Its classes do not tell these apart, its words do."""
    words = str(error)
    # Not just "lock": a damaged file is said to have a corrupt block.
    if any(said in words for said in ("Could not set lock", "being used by another process", "same database file")):
        return DatabaseLocked(
            f"Databasen {path.name} används redan av ett annat program, troligen Fous server. Gör det du vill "
            "göra i webbläsaren (sidan Import eller Administration), eller stäng servern först och försök igen."
        )
    if "with version number" in words:
        return DatabaseNewer(
            f"Databasen {path.name} är sparad av en senare version av DuckDB än den här. Uppdatera Fou, eller öppna "
            "en äldre säkerhetskopia. Filen är orörd."
        )
    if "not a valid DuckDB database file" in words or words.startswith("IO Error: Extension"):
        return NotOurDatabase(
            f"{path.name} är ingen databas som Fou kan läsa. Kontrollera att rätt fil är vald, eller återställ en "
            "säkerhetskopia. Filen är orörd."
        )
    return DatabaseDamaged(
        f"Databasen {path.name} går inte att läsa: den är skadad eller inte åtkomlig. Återställ den senaste "
        f"säkerhetskopian till ett nytt namn och öppna den. Filen är orörd. ({_first_line(error)})"
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _inspect(path: Path) -> int:
    """The schema version of the file, which is read from end to end without changing it."""
    if not path.is_file():
        raise StoreError(f"{path.name} finns inte eller är ingen fil.")
    if path.stat().st_size == 0:
        raise DatabaseDamaged(
            f"Databasen {path.name} är tom (0 byte). Återställ en säkerhetskopia, eller ta bort filen om en ny ska "
            "skapas. Filen är orörd."
        )
    connection = _connect(path, read_only=True)
    try:
        row = connection.execute("SELECT application, version FROM meta").fetchone()
        if row is None or row[0] != APPLICATION:
            raise _not_ours(path)
        _read_through(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise _not_ours(path) from error
    except duckdb.Error as error:
        raise _explained(path, error) from error
    finally:
        connection.close()
    return int(row[1])


#: What is committed is safe in the log beside the file; folding a large import into the file at once, before anybody
#: gets an answer, takes a third of the time of posting it. It is folded in when the file is closed, or at this size.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "checkpoint_threshold": "256MB",
}


def _read_through(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every value once, so that damage is found now and not in the middle of somebody's work."""
    tables = "SELECT table_name FROM duckdb_tables()"
    _read_all(connection, tables, "SELECT BIT_XOR(HASH(line)) FROM {} AS line")
    # The indexes too, which DuckDB otherwise asks only for a few rows.
    connection.execute("SET index_scan_max_count = 1_000_000_000")
    connection.execute("SET index_scan_percentage = 1.0")
    indexed = "SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
    _read_all(connection, indexed, "SELECT COUNT(*) FROM {} WHERE id >= 0")


def _read_all(connection: duckdb.DuckDBPyConnection, tables: str, reading: str) -> None:
    """Read each of the tables in one question for them all, which takes half the time of one question for each."""
    names = [quote_name(table) for (table,) in connection.execute(tables).fetchall()]
    if names:
        connection.execute(" UNION ALL ".join(reading.format(name) for name in names)).fetchall()


def _not_ours(path: Path) -> NotOurDatabase:
    return NotOurDatabase(
        f"{path.name} är en databas, men inte Fous. Kontrollera att rätt fil är vald. Filen är orörd."
    )


def _create(path: Path, migrations: Path) -> None:
    """Make an empty database under a passing name first, so that a half-made one is never found."""
    log = _log_of(path)
    if log.exists() and not path.exists():
        # DuckDB would play back this log of another database into the new one.
        raise StoreError(
            f"{log.name} ligger kvar efter en databas som saknas. Lägg tillbaka {path.name} bredvid den, eller "
            "flytta undan den om en ny databas ska skapas."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"Mappen {path.parent} går inte att skapa. ({_first_line(error)})") from error
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    _remove(part)
    connection = _connect(part)
    try:
        connection.execute("BEGIN TRANSACTION")
        connection.execute(SCHEMA.read_text("utf-8"))
        connection.execute(
            "INSERT INTO meta VALUES ($application, $version, 0, $start, 0, $start, 0)",
            {"application": APPLICATION, "version": current_version(migrations), "start": chain.START},
        )
        connection.execute("COMMIT")
    finally:
        connection.close()
    try:
        # Unlike a renaming, a link never replaces the database that somebody else has just made.
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.replace(part, path)
    finally:
        _remove(part)


def _migrate(path: Path, version: int, migrations: Path) -> None:
    """Bring the file to the current version, all steps or none, after a copy is put aside."""
    aside = _free_name(path, f"version-{version}")
    shutil.copy2(path, aside)
    for log in _logs(path):  # what was committed but not yet moved into the file itself
        shutil.copy2(log, aside.with_name(aside.name + log.name.removeprefix(path.name)))
    connection = _connect(path)
    try:
        connection.execute("BEGIN TRANSACTION")
        # Read again: another process may have migrated the file between the look and the lock.
        row = connection.execute("SELECT version FROM meta").fetchone()
        assert row is not None
        version = row[0]
        for number, file in _numbered(migrations):
            if number > version:
                connection.execute(file.read_text("utf-8"))
                if number == SEALED:
                    chain.seal_all(connection)
        # Last of all: DuckDB does not alter a table that the same transaction has written in.
        connection.execute("UPDATE meta SET version = $version", {"version": current_version(migrations)})
        connection.execute("COMMIT")
    except duckdb.Error as error:
        _roll_back(connection)
        raise StoreError(
            f"Databasen {path.name} kunde inte göras om till den nya versionen. Inget är ändrat, och en kopia "
            f"ligger bredvid. ({_first_line(error)})"
        ) from error
    finally:
        connection.close()


def _free_name(path: Path, why: str) -> Path:
    """A name beside ``path`` that no file has yet."""
    stamp = datetime.now(LOCAL_TIME).strftime("%Y-%m-%d")
    for number in range(1, 10_000):
        name = f"{path.stem}.{why}-{stamp}{'' if number == 1 else f'-{number}'}{path.suffix}"
        if not path.with_name(name).exists():
            return path.with_name(name)
    raise StoreError(f"Det finns för många kopior i mappen {path.parent}. Flytta undan de äldsta.")


def _log_of(path: Path) -> Path:
    """Where DuckDB keeps what is committed but not yet in the file itself."""
    return path.with_name(path.name + ".wal")


def _logs(path: Path) -> list[Path]:
    """The log, and the ones that DuckDB keeps beside it while it moves the log into the file."""
    return sorted(path.parent.glob(f"{escape(path.name)}.wal*"))


def _remove(part: Path) -> None:
    """Remove a half-made file and its log, from now or from a process that was stopped."""
    for file in (part, *_logs(part)):
        file.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    """A path inside an ATTACH statement, which takes no parameters."""
    return str(path.absolute()).replace("'", "''")


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # The transaction is already gone (a failed COMMIT, a fatal error): there is nothing left to take back.
        return
