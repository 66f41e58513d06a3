"""The templates of the papers: our own, or those that a municipality has put in its folder, and what they must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path

from docx.document import Document as Docx

from fou.errors import Refused
from fou.exports.papers.filling import Fields, Rounds, Value, fields, fill, open_template
from fou.swedish import join_words

_OWN = Path(__file__).parent / "templates"
MATTERS = "varje ärende"


@dataclass(frozen=True, slots=True)
class Form:
    """What a template is called, the fields it may have and, of those, those that it must have.

    ``about`` says what each field holds. Fields of a matter stand between ``{{varje ärende}}`` and ``{{slut}}``.
    """

    file: str
    about: Mapping[str, str]
    must: frozenset[str]
    matter: Mapping[str, str]
    matter_must: frozenset[str] = frozenset()


_MATTER = {
    "namn": "vad projektet heter",
    "kod": "ärendets kod",
    "slag": "nytt projekt eller fortsättning",
    "syfte": "projektets beskrivning",
    "utförare": "vem som utför projektet",
    "ansvarig": "vem som ansvarar för projektet",
    "sökande": "vem som söker",
    "tid": "när projektet pågår",
    "område": "prioriterat område",
    "sökt": "sökt belopp per år",
    "rangordning": "plats i rådets rangordning, och poäng",
    "förslag": "vad som föreslås, per år och med villkor",
    "jäv": "vilka som var jäviga",
}
_COMMON = {
    "rubrik": "vad ärendet gäller",
    "nämnd": "vem beslutet är till",
    "organisation": "kommunen",
    "enhet": "avsändande enhet",
    "handläggare": "vem som skriver",
    "diarienummer": "nämndens diarienummer",
    "datum": "dokumentets dag",
    "år": "budgetåret",
    "underlag": "vilken rekommendation uppgifterna kommer från",
}
_WHOLE = {
    "tabell": "ärendena med belopp per år och summor",
    "utrymme": "vad som är fritt med förslaget, i ord",
    "utrymmestabell": "ram, beviljat, avsatt och fritt per år",
}
_TABLES = {"tabell", "utrymmestabell"}

MEMO = Form(
    "tjansteutlatande.docx",
    _COMMON | _WHOLE
    | {
        "handling": "Tjänsteutlåtande, eller Beslut när nämnden har beslutat",
        "beslutsrubrik": "Förslag till beslut, eller Beslut när nämnden har beslutat",
        "förslag till beslut": "beslutet punkt för punkt",
        "om tabellen": "vad tabellen visar",
        "sammanfattning": "ärendet i korthet",
        "bakgrund": "handläggarens text",
        "beredning": "hur ärendet har beretts",
        "utlysning": "handläggarens text om utlysningen, och vad som avsätts för den",
    },
    frozenset({"förslag till beslut", "tabell"}),
    _MATTER,
    frozenset({"namn", "förslag"}),
)  # fmt: skip
MINUTES = Form(
    "protokollsutdrag.docx",
    _COMMON | _WHOLE
    | {
        "möte": "mötets namn",
        "dag": "mötets dag",
        "plats": "var mötet hölls",
        "närvarande": "vilka som var med",
        "frånvarande": "vilka som inte var med",
        "sekreterare": "vem som skrev",
        "ordförande": "vem som ledde mötet",
        "dagordning": "mötets dagordning",
        "beslut": "rekommendationen punkt för punkt",
        "jävsanmälningar": "vem som var jävig i vad",
        "avvikande mening": "den som ledamöter har låtit anteckna",
    },
    frozenset({"dag", "närvarande", "beslut", "tabell", "jävsanmälningar", "avvikande mening"}),
    _MATTER,
)  # fmt: skip
LETTER = Form(
    "beslutsbrev.docx",
    _COMMON | _MATTER
    | {
        "mottagare": "vem brevet är till",
        "beslut": "vad nämnden beslutade, per år och med villkor",
        "beslutsdag": "dagen för beslutet",
        "paragraf": "beslutets paragraf",
        "ansökans diarienummer": "ansökans eget diarienummer",
        "nämndens text": "vad nämnden har skrivit till beslutet",
    },
    frozenset({"mottagare", "namn", "beslut", "beslutsdag"}),
    {},
)  # fmt: skip
FORMS = (MEMO, MINUTES, LETTER)


def own_template(form: Form) -> bytes:
    """Our own template, for a municipality to begin from."""
    return (_OWN / form.file).read_bytes()


def faults(form: Form, data: bytes) -> tuple[str, ...]:
    """What is wrong with a template, in Swedish sentences; none when it can be used."""
    try:
        return _faults(form, _fields(form, open_template(data, form.file)))
    except Refused as error:
        return (str(error),)


def left_out(form: Form, data: bytes) -> tuple[str, ...]:
    """The fields that a template could have and has not. Raises Refused when it is no Word document."""
    held = _fields(form, open_template(data, form.file))
    missing = [name for name in form.about if name not in held.outside]
    return (*missing, *(name for name in form.matter if name not in held.within.get(MATTERS, ())))


def load(form: Form, folder: Path | None) -> bytes:
    """The municipality's template when there is one in its folder, else our own.

    Raises Refused when it cannot be used, telling every fault of it.
    """
    if folder is None:
        return own_template(form)
    try:
        data = (folder / form.file).read_bytes()
    except FileNotFoundError:
        return own_template(form)
    except OSError as error:
        raise Refused(f"Mallen {folder / form.file} gick inte att läsa ({error.strerror or error}).") from error
    found = faults(form, data)
    if found:
        raise Refused(
            f"Mallen {form.file} går inte att använda. {' '.join(found)} Rätta den i mappen {folder}, eller ta bort "
            "den, så används Fous egen."
        )
    return data


def filled(
    form: Form, data: bytes, values: Mapping[str, Value], matters: Rounds, heading: str, author: str
) -> bytes:  # fmt: skip
    """The document; ``data`` is a template that has no faults."""
    document = open_template(data, form.file)
    fill(document, values, {MATTERS: matters})
    properties = document.core_properties
    properties.title, properties.author, properties.language = heading[:255], author[:255], "sv-SE"
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _fields(form: Form, template: Docx) -> Fields:
    return fields(template, (MATTERS,) if form.matter else ())


def _faults(form: Form, held: Fields) -> tuple[str, ...]:
    within = held.within.get(MATTERS, frozenset())
    told = list(held.faults)
    missing = [f"{{{{{name}}}}} ({form.about[name]})" for name in form.about if name in form.must - held.outside]
    if form.matter_must and MATTERS not in held.within:
        missing.append(f"{{{{{MATTERS}}}}} (raderna fram till {{{{slut}}}} upprepas för varje ärende)")
    elif form.matter_must - within:
        missing += [
            f"{{{{{name}}}}} ({form.matter[name]}) mellan {{{{{MATTERS}}}}} och {{{{slut}}}}"
            for name in form.matter
            if name in form.matter_must - within
        ]
    told += [f"{{{{{name}}}}} ska stå ensamt på sin rad." for name in sorted(held.amid & _TABLES)]
    if missing:
        told.append(f"Den saknar {join_words(missing)}.")
    known = {*form.about, *form.matter} | ({MATTERS, "slut"} if form.matter else set())
    for name in sorted((held.outside - known - set(form.matter)) | (within - known)):
        near = get_close_matches(name, sorted(known), 1)
        told.append(f"{{{{{name}}}}} är inget fält{f'; menar du {{{{{near[0]}}}}}?' if near else '.'}")
    told += [
        f"{{{{{name}}}}} gäller ett ärende och ska stå mellan {{{{{MATTERS}}}}} och {{{{slut}}}}."
        for name in sorted((held.outside & set(form.matter)) - set(form.about))
    ]
    return tuple(told)
