"""Every error this project raises on purpose, in one place.

The message is Swedish and meant for the person at the screen: what happened, where, and what to do.

::

    FouError
    ├── StoreError               the database file cannot be used; the file is untouched
    │   ├── DatabaseLocked       another process holds it
    │   ├── DatabaseDamaged      DuckDB cannot read it
    │   ├── DatabaseNewer        made by a later version of Fou
    │   └── NotOurDatabase       a DuckDB file, but not Fou's
    ├── SettingsError            the settings file cannot be used; the server does not start
    ├── Forbidden                the acting person's role does not allow it
    └── Refused                  the data do not allow it; nothing was written
        ├── NotEmpty             a demo portfolio is only loaded into an empty database
        ├── UndoRefused          undoing would overwrite a later change, or break a rule of a call
        ├── SaveConflict         somebody else saved the same thing in the meantime
        ├── AlreadyThere         the same application seems to be there; carries which
        └── ImportRefused        the file has errors; carries the findings
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fou.imports.findings import Finding


class FouError(Exception):
    """Anything Fou refuses or cannot do, told in Swedish."""


class StoreError(FouError):
    """The database file cannot be used."""


class DatabaseLocked(StoreError):
    """Another process holds the database file."""


class DatabaseDamaged(StoreError):
    """The file cannot be read as a database."""


class DatabaseNewer(StoreError):
    """The file was made by a later version of Fou, or of DuckDB."""


class NotOurDatabase(StoreError):
    """A readable database that is not Fou's."""


class SettingsError(FouError):
    """The settings file, or how the server is started, cannot be used."""


class Forbidden(FouError):
    """The acting person's role does not allow this."""


class Refused(FouError):
    """The data do not allow this; nothing was written."""


class NotEmpty(Refused):
    """Something is in the database already."""


class UndoRefused(Refused):
    """Undoing would overwrite a later change, or break a rule of a call's round."""


class SaveConflict(Refused):
    """Somebody else saved the same thing in the meantime."""


class AlreadyThere(Refused):
    """The same application seems to be there already: the one with ``code``.

    ``same_number``: it has the same reference number, which no other may have. Otherwise whoever enters it can say
    that it is another.
    """

    def __init__(self, message: str, code: str, same_number: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.same_number = same_number


class ImportRefused(Refused):
    """The file cannot be posted as it is; ``findings`` says why, cell by cell."""

    def __init__(self, message: str, findings: Sequence[Finding]) -> None:
        super().__init__(message)
        self.findings = tuple(findings)
