"""What Swedish funders of research are called: their short forms, and what kind each is likely to be."""

from __future__ import annotations

import re

from fou.imports.references import fold

#: Short form, folded → what it is short for. Public bodies that fund research and development in Sweden.
SHORT_FORMS = {
    "af": "arbetsförmedlingen",
    "amif": "asyl migrations och integrationsfonden",
    "brå": "brottsförebyggande rådet",
    "eruf": "europeiska regionala utvecklingsfonden",
    "esf": "europeiska socialfonden",
    "esf rådet": "europeiska socialfonden",
    "fas": "forskningsrådet för arbetsliv och socialvetenskap",
    "fhm": "folkhälsomyndigheten",
    "fk": "försäkringskassan",
    "forte": "forskningsrådet för hälsa arbetsliv och välfärd",
    "ivo": "inspektionen för vård och omsorg",
    "kaw": "knut och alice wallenbergs stiftelse",
    "mfof": "myndigheten för familjerätt och föräldraskapsstöd",
    "mucf": "myndigheten för ungdoms och civilsamhällesfrågor",
    "rj": "riksbankens jubileumsfond",
    "sbu": "statens beredning för medicinsk och social utvärdering",
    "sis": "statens institutionsstyrelse",
    "skl": "sveriges kommuner och landsting",
    "skr": "sveriges kommuner och regioner",
    "sll": "stockholms läns landsting",
    "spsm": "specialpedagogiska skolmyndigheten",
    "svenska esf rådet": "europeiska socialfonden",
    "vgr": "västra götalandsregionen",
    "vr": "vetenskapsrådet",
}

#: Words within a funder's name that are written short.
SHORT_WORDS = {
    "gbg": "göteborg",
    "gbgs": "göteborgs",
    "sthlm": "stockholm",
    "sthlms": "stockholms",
    "bun": "barn och ungdomsnämnden",
    "ks": "kommunstyrelsen",
    "kf": "kommunfullmäktige",
    "sdf": "stadsdelsförvaltning",
    "sdn": "stadsdelsnämnd",
    "sn": "socialnämnden",
    "sof": "socialförvaltningen",
    "sos": "socialstyrelsen",
    "äf": "äldreförvaltningen",
    "än": "äldrenämnden",
    "lst": "länsstyrelsen",
}

#: Funders whose names do not tell what they are.
_KNOWN = {
    "allmänna arvsfonden": "state",
    "arvsfonden": "state",
    "formas": "state",
    "vinnova": "state",
    "polisen": "state",
    "kriminalvården": "state",
    "regeringen": "state",
    "statsbidrag": "state",
    "staten": "state",
    "sveriges kommuner och regioner": None,
    "sveriges kommuner och landsting": None,
    "egna medel": "municipality",
    "fou rådet": "municipality",
    "fou medel": "municipality",
}

#: What each kind's names have in them, the surest first: a rule decides before those below it.
_KINDS = (
    ("eu", r"\b(eu|esf|eruf|amif|interreg|erasmus|horisont|horizon|europeiska|european)\b"),
    ("foundation", r"stiftelse|\bfond\b|jubileumsfond|minnesfond|forskningsfond|\w+fonden\b"),
    ("region", r"\bregion(en)?\b|landsting|regionförbund|götalandsregionen"),
    (
        "municipality",
        r"kommun|\bstads?\b|\bstadens?\b|stadsdel|(social|äldre|omsorgs|utbildnings|bildnings|arbetsmarknads|kultur"
        r"|fritids|ungdoms|familje|vuxen|funktionshinder|skol|vård|välfärds)\w*(nämnd|förvaltning)",
    ),
    (
        "state",
        r"\bstatens?\b|statlig|myndighet|departement|styrelsen\b|\w+verket\b|\w*rådet\b|försäkringskassan"
        r"|arbetsförmedlingen|inspektionen\b|universitet|ombudsmannen",
    ),
)
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_NOT_WORDS = re.compile(r"[\W_]+")


def guess_funder_kind(name: str) -> str | None:
    """The key of FUNDER_KINDS that the name suggests, or None when it suggests none."""
    words = _NOT_WORDS.sub(" ", fold(name)).strip()
    words = SHORT_FORMS.get(words, words)
    words = " ".join(SHORT_WORDS.get(word, word) for word in words.split())
    if words in _KNOWN:
        return _KNOWN[words]
    return next((kind for kind, rule in _RULES if rule.search(words)), None)
