"""Exports from Swecris made for tests: one dict a row, with what most rows share filled in."""

from __future__ import annotations

import csv
from io import StringIO

COLUMNS = (
    "ProjectId", "ProjectTitleSv", "ProjectTitleEn", "ProjectAbstractSv", "ProjectAbstractEn", "ProjectStartDate",
    "ProjectEndDate", "CoordinatingOrganisationId", "CoordinatingOrganisationNameSv",
    "CoordinatingOrganisationNameEn", "CoordinatingOrganisationTypeOfOrganisationSv",
    "CoordinatingOrganisationTypeOfOrganisationEn", "FundingOrganisationId", "FundingOrganisationNameSv",
    "FundingOrganisationNameEn", "FundingOrganisationTypeOfOrganisationSv", "FundingOrganisationTypeOfOrganisationEn",
    "FundingsSek", "FundingYear", "FundingStartDate", "FundingEndDate", "TypeOfAwardId", "TypeOfAwardDescrSv",
    "TypeOfAwardDescrEn", "UpdatedDate", "LoadedDate", "InvolvedPeople", "Scbs",
)  # fmt: skip
OLDER = tuple(column for column in COLUMNS if column not in ("UpdatedDate", "LoadedDate"))

_SHARED = {
    "ProjectId": "2018-00123_Forte",
    "ProjectTitleSv": "Hemtjänst i glesbygd",
    "ProjectStartDate": "2018-12-01 12:00:00",
    "ProjectEndDate": "2021-11-30 12:00:00",
    "CoordinatingOrganisationNameSv": "Påhittade högskolan",
    "CoordinatingOrganisationId": "202100-0000",
    "FundingOrganisationNameSv": "Forte",
    "FundingOrganisationTypeOfOrganisationSv": "Stat, regioner, kommuner, församlingar",
    "FundingsSek": "4958000",
    "FundingYear": "2018",
    "FundingStartDate": "2018-12-01",
    "FundingEndDate": "2021-11-30",
    "TypeOfAwardDescrSv": "Projektbidrag",
    "LoadedDate": "11/19/2024 16:11:07",
}


def swecris(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """The file that Swecris would give: semicolons, quotes where needed, UTF-8 with a byte order mark."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = _SHARED | row
        writer.writerow([values.get(column, "") for column in columns])
    return text.getvalue().encode("utf-8-sig")


def person(name: str, role: str, role_sv: str = "", orcid: str = "", gender: str = "") -> str:
    """One of the people involved, as Swecris writes them one after the other."""
    return f"¤¤¤4711¤{name}¤{orcid}¤{role}¤{role_sv}¤{gender}"
