"""What people type for a matter while they try amounts, as a wish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fou.errors import Refused
from fou.matters import Matter
from fou.model import ScenarioLine
from fou.money import NotAnAmount, format_sek, is_open_wording, parse_sek
from fou.scenarios import Wish, clean


def typed(matter: Matter, year: int, text: str, lines: Sequence[ScenarioLine], money_years: Iterable[int]) -> Wish:
    """What is typed for a matter in a year, over its lines: an amount, "?" for what is set aside without one, 0 to
    leave it out (of the year, if it has something in another), nothing for what is not considered.

    A new amount is granted to a project in the years of money, and set aside for one in other years and for a call;
    one that stands keeps what it is and its condition. Raises Refused, saying what was expected, for anything else.
    """
    said = " ".join(text.split())
    line = next((one for one in lines if one.year == year), None)
    if not said:
        return Wish(*matter.key, year, None)
    condition = None if line is None else line.condition
    if said == "?" or is_open_wording(said):
        return clean(Wish(*matter.key, year, "reserve", None, condition), matter.title)
    try:
        amount = parse_sek(said)
    except NotAnAmount:
        raise Refused(
            f"”{said}” är inget belopp. Skriv kronor, till exempel {format_sek(600000)}, ett frågetecken om pengar "
            "avsätts utan belopp, eller 0 om ärendet lämnas utanför."
        ) from None
    if amount != int(amount):
        raise Refused("Skriv hela kronor, utan ören.")
    if not amount:
        elsewhere = any(one.year != year and one.choice != "out" for one in lines)
        return clean(Wish(*matter.key, year, None if elsewhere else "out"), matter.title)
    granted = matter.project is not None and year in set(money_years)
    kept = line.choice if line is not None and line.choice != "out" and line.amount is not None else None
    return clean(
        Wish(*matter.key, year, kept or ("grant" if granted else "reserve"), int(amount), condition), matter.title
    )
