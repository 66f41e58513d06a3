"""What is kept about people: every column and every file that names somebody, why, and for how long.

One table as data. A test compares it with the database's columns, so that a new one must be put here or among those
that say nothing about people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Weeding(Enum):
    """What weeding a person does to a column."""

    #: the name goes
    GOES = "tas bort"
    #: the name stands in a decision or in what the board decided on, and goes only when that is asked for
    PUBLIC = "står kvar i beslutade handlingar"
    #: the value stays: it belongs to nobody once the name is gone
    STAYS = "står kvar utan namn"


@dataclass(frozen=True, slots=True)
class Held:
    """One sort of personal data. ``columns`` are written table.column; none means that it lies in files.

    The ground is an article of the general data protection regulation, in words. ``free_text`` are columns in
    which people may be named although they need not be.
    """

    name: str
    whom: str
    what: str
    why: str
    ground: str
    how_long: str
    seen_by: str
    columns: tuple[str, ...] = ()
    weeding: Weeding = Weeding.GOES
    free_text: bool = False


_PUBLIC_INTEREST = "Uppgift av allmänt intresse (artikel 6.1 e)"
_LEGAL_DUTY = "Rättslig förpliktelse (artikel 6.1 c)"
_ADMINS = "Handläggare"

REGISTER: tuple[Held, ...] = (
    Held(
        "Ledamöter och handläggare",
        "Den som har en roll i Fou",
        "Namn, e-postadress, roll, enhet och om den är ordförande",
        "För att veta vem som får göra vad, och vem som har bedömt en ansökan.",
        _PUBLIC_INTEREST,
        "Så länge uppdraget varar. Gallra namn och e-post när uppdraget är slut och bedömningarna är avgjorda.",
        "Namn: inloggade ledamöter och handläggare. E-post: handläggare och personen själv",
        ("member.name", "member.email", "member.unit"),
    ),
    Held(
        "Roller",
        "Den som har en roll i Fou",
        "Läsare, ledamot, ordförande, handläggare eller spärrad",
        "För att veta vem som får göra vad.",
        _PUBLIC_INTEREST,
        "Så länge uppdraget varar. Den som gallras blir spärrad.",
        _ADMINS,
        ("member.role", "member.chair"),
        Weeding.STAYS,
    ),
    Held(
        "Konton",
        "Den som har loggat in",
        "Inloggningstjänstens namn, kontots nummer där och e-postadress",
        "För att känna igen samma person vid nästa inloggning.",
        _PUBLIC_INTEREST,
        "Så länge uppdraget varar. Kontot tas bort när personen gallras.",
        _ADMINS,
        ("account.provider", "account.subject", "account.member", "account.email"),
    ),
    Held(
        "Bedömningar",
        "Ledamöter",
        "Vilken poäng en ledamot har gett en ansökan",
        "För att rådet ska kunna väga ansökningar mot varandra och visa hur det gick till.",
        _PUBLIC_INTEREST,
        "Poängen bevaras. Kopplingen till en namngiven ledamot försvinner när ledamoten gallras.",
        "Ledamoten själv; när bedömningarna är öppnade också ledamöter utan jäv, och handläggare",
        ("score.member", "score.value", "score.cannot_judge"),
        Weeding.STAYS,
    ),
    Held(
        "Kommentarer till bedömningar",
        "Ledamöter, och den som nämns i texten",
        "Vad en ledamot har skrivit till sin bedömning",
        "För att rådet ska kunna väga ansökningar mot varandra och visa hur det gick till.",
        _PUBLIC_INTEREST,
        "Tills ansökan är slutligt avgjord.",
        "Den som har skrivit den; när bedömningarna är öppnade också ledamöter utan jäv, och handläggare",
        ("score.comment",),
        free_text=True,
    ),
    Held(
        "Anmält jäv",
        "Ledamöter",
        "Vem som är jävig i en ansökan, och när det anmäldes",
        "För att visa att den som är jävig inte har deltagit.",
        f"{_LEGAL_DUTY}: kommunallagens och förvaltningslagens regler om jäv",
        "Bevaras med ansökan, utan namn när ledamoten är gallrad.",
        "Ledamoten själv, handläggare och ledamöter utan jäv i ansökan, från det att jävet är anmält",
        ("conflict.member", "conflict.declared"),
        Weeding.STAYS,
    ),
    Held(
        "Skäl till jäv",
        "Ledamöter och deras närstående",
        "Varför någon är jävig",
        "För att jävet ska gå att pröva.",
        f"{_LEGAL_DUTY}: kommunallagens och förvaltningslagens regler om jäv",
        "Tills ansökan är slutligt avgjord. Skälet tas bort när ledamoten gallras.",
        "Ledamoten själv, handläggare och ledamöter utan jäv i ansökan, från det att jävet är anmält",
        ("conflict.reason",),
    ),
    Held(
        "Ansvariga forskare och utförare",
        "Forskare och andra som leder eller utför projekt",
        "Namn, och den organisation de arbetar i",
        "För att visa vem som har fått och ansvarar för kommunens pengar.",
        _PUBLIC_INTEREST,
        "Bevaras när projektet är beslutat. Gallra för projekt som aldrig beslutades när ärendet är avslutat.",
        "Alla",
        ("project.lead", "project.performer", "project.host", "project.units"),
        Weeding.PUBLIC,
    ),
    Held(
        "Beskrivningar av projekt",
        "Den som nämns i texten",
        "Titel, sammanfattning, nyckelord, tid och diarienummer",
        "För att visa vad projektet gäller.",
        _PUBLIC_INTEREST,
        "Bevaras när projektet är beslutat.",
        "Alla",
        (
            "project.title", "project.summary", "project.period_note", "project.grant_type", "project.keywords",
            "project.reference",
        ),
        Weeding.PUBLIC,
        free_text=True,
    ),
    Held(
        "Sökande",
        "Den som har skrivit under en ansökan",
        "Namn på sökande enheter eller personer",
        "För att veta vem ansökan kommer från och kunna pröva jäv.",
        _PUBLIC_INTEREST,
        "Tills ansökan är slutligt avgjord.",
        "Alla",
        ("proposal.applicants",),
    ),
    Held(
        "Kontakt för en ansökan",
        "Den som svarar på frågor om en ansökan",
        "Namn, e-postadress eller telefonnummer",
        "För att kunna be om komplettering och lämna besked.",
        _PUBLIC_INTEREST,
        "Tills ansökan är slutligt avgjord.",
        _ADMINS,
        ("proposal.contact",),
    ),
    Held(
        "Planer och beslut",
        "Den som nämns i texten",
        "Beslutens och planernas texter, villkor, dokument och diarienummer",
        "För att visa vad nämnden och rådet har beslutat.",
        _PUBLIC_INTEREST,
        "Bevaras: det är allmänna handlingar.",
        "Alla; utkast bara ledamöter och handläggare",
        (
            "decision.reference", "decision.board", "decision.paragraph", "decision.text", "plan.title", "plan.board",
            "plan.reference", "plan.preparation", "plan.text", "plan_version.board", "plan_version.reference",
            "plan_version.note", "entry.condition", "entry.document",
        ),
        Weeding.PUBLIC,
        free_text=True,
    ),
    Held(
        "Närvaro vid rådets möten",
        "Ledamöter, sekreterare och andra som kallas till ett möte",
        "Namn, roll vid mötet och om den var där",
        "För att visa vem som har deltagit i en rekommendation.",
        _PUBLIC_INTEREST,
        "Bevaras: det står i mötets minnesanteckningar.",
        "Ledamöter och handläggare",
        ("attendance.name",),
        Weeding.PUBLIC,
    ),
    Held(
        "Vem som var kallad",
        "Ledamöter",
        "Vilken ledamot en rad om närvaro, eller ett eget scenario, gäller",
        "För att jäv ska gå att läsa ihop med närvaron, och för att bara ledamoten själv ska ändra sitt scenario.",
        _PUBLIC_INTEREST,
        "Bevaras, utan namn när ledamoten är gallrad.",
        "Ledamöter och handläggare",
        ("attendance.member", "attendance.role", "attendance.present", "scenario.owner"),
        Weeding.STAYS,
    ),
    Held(
        "Rådets arbete inför en rekommendation",
        "Den som nämns i texten",
        "Scenariers namn och anmärkningar, villkor, mötens plats och dagordning",
        "För att rådet ska kunna pröva alternativ och visa hur det gick till.",
        _PUBLIC_INTEREST,
        "Bevaras med rekommendationen. Gallra namn när ärendet är avslutat.",
        "Ledamöter och handläggare",
        (
            "scenario.name", "scenario.note", "scenario_line.condition", "meeting.name", "meeting.place",
            "meeting.agenda",
        ),
        free_text=True,
    ),
    Held(
        "Rådets rekommendationer, frysta",
        "Ledamöter, forskare, och den som nämns i texten",
        "Underlaget som det var: närvarande, jäv, projekten med ansvariga, och avvikande meningar",
        "För att visa vad rådet rekommenderade och på vilken grund.",
        _PUBLIC_INTEREST,
        "Bevaras: det är en allmän handling. När ett namn gallras stämmer underlagets egen kontrollsumma inte längre; "
        "databasens kedja visar att det bara är gallrat.",
        "Ledamöter och handläggare; poäng och jäv bara den som inte är jävig",
        ("recommendation.frozen", "recommendation.apart", "recommendation.dissent"),
        Weeding.PUBLIC,
        free_text=True,
    ),
    Held(
        "Nämndens beslut, frysta",
        "Den som nämns i texten",
        "Vad nämnden beslutade om varje projekt, med villkor, paragraf och diarienummer",
        "För att visa vad nämnden har beslutat.",
        _PUBLIC_INTEREST,
        "Bevaras: det är allmänna handlingar.",
        "Alla",
        (
            "resolution.board", "resolution.paragraph", "resolution.reference", "resolution.text",
            "resolution.frozen",
        ),
        Weeding.PUBLIC,
        free_text=True,
    ),
    Held(
        "Namn på områden, utlysningar och finansiärer",
        "Den vars namn ingår i namnet på något annat",
        "Namn, texter och anmärkningar",
        "För att visa vad pengarna går till och var de kommer från.",
        _PUBLIC_INTEREST,
        "Bevaras: de ingår i beslutade handlingar.",
        "Alla",
        (
            "area.name", "area.description", "call.name", "call.text", "call.rules", "criterion.name",
            "criterion.guidance", "funder.name", "funder.note", "setting.value", "proposal.reference",
        ),
        Weeding.PUBLIC,
        free_text=True,
    ),
    Held(
        "Uppföljningar och resultat",
        "Den som har gjort en uppföljning eller nämns i den",
        "Utförare, metod, frågor, iakttagelser och titlar på rapporter",
        "För att lära av det som pengarna har gett.",
        _PUBLIC_INTEREST,
        "Bevaras. Gallra namn när uppföljningen är avslutad.",
        "Alla",
        (
            "follow_up.title", "follow_up.performer", "follow_up.period", "follow_up.method", "follow_up.questions",
            "follow_up_item.text", "output.title", "output.published", "output.note",
        ),
        free_text=True,
    ),
    Held(
        "Vem som har skrivit vad",
        "Den som har läst in, ändrat eller beslutat något i Fou",
        "Namn, tidpunkt och vad som gjordes",
        "För att kunna visa i efterhand vem som har ändrat en uppgift om allmänna medel.",
        f"{_PUBLIC_INTEREST}; ansvarsskyldighet (artikel 5.2)",
        "Bevaras med beloppen, utan namn när personen är gallrad.",
        "Ledamöter och handläggare",
        ("batch.actor", "batch.note", "batch.file"),
    ),
    Held(
        "Var en uppgift kommer ifrån",
        "Den som nämns i ett filnamn eller ett skäl",
        "Fil, blad och cell, eller skälet till en ändring",
        "För att varje belopp ska gå att följa till sin källa.",
        _PUBLIC_INTEREST,
        "Bevaras med beloppen, utan namn när personen är gallrad.",
        "Alla",
        (
            "entry.source", "change.source", "plan.source", "project.source", "project_link.source", "call.source",
            "criterion.source", "proposal.source", "follow_up.source", "follow_up_item.source", "output.source",
        ),
        free_text=True,
    ),
    Held(
        "Ändringshistorik",
        "Alla som nämns i en uppgift som har ändrats",
        "Uppgiften som den var före och efter varje ändring",
        "För att kunna ångra, och visa vad som gällde en viss dag.",
        f"{_PUBLIC_INTEREST}; ansvarsskyldighet (artikel 5.2)",
        "Lika länge som uppgiften själv: historiken gallras på samma gång.",
        "Ledamöter och handläggare",
        ("change.before", "change.after"),
        free_text=True,
    ),
    Held(
        "Händelselogg",
        "Den som har loggat in, nekats eller hämtat ut personuppgifter",
        "Namn, vad som hände och när",
        "För att upptäcka och utreda obehörig åtkomst.",
        f"{_LEGAL_DUTY}: säkerhet i behandlingen (artikel 32)",
        "Två år är ett förslag. Äldre händelser gallras på fliken Händelseloggen.",
        _ADMINS,
        ("event.actor", "event.note"),
    ),
    Held(
        "Svar vid import",
        "Den vars namn står i en fil som har lästs in",
        "Namn i filer och vad de betyder, filers namn och hur blad läses",
        "För att slippa svara på samma fråga nästa gång filen läses in.",
        _PUBLIC_INTEREST,
        "Tills svaret tas bort.",
        _ADMINS,
        ("alias.label", "import_layout.name", "import_layout.signature", "import_layout.choices"),
        free_text=True,
    ),
    Held(
        "Importer under arbete",
        "Den som importerar, och alla som nämns i filen",
        "Den uppladdade filen, och vem som laddade upp den",
        "För att en avbruten import ska kunna fortsätta.",
        _PUBLIC_INTEREST,
        "30 dagar efter senaste ändring, sedan tas filen bort av sig själv.",
        "Den som laddade upp filen, och handläggare",
    ),
    Held(
        "Säkerhetskopior",
        "Alla som nämns ovan",
        "En kopia av hela databasen, så som den var",
        "För att kunna återställa efter ett fel.",
        f"{_LEGAL_DUTY}: säkerhet i behandlingen (artikel 32)",
        "Enligt kommunens rutin. En gallring når inte kopiorna: ta bort dem som är äldre än gallringen.",
        "Den som sköter servern",
    ),
    Held(
        "Serverns logg",
        "Den som använder Fou",
        "Tidpunkt, händelse och den som gjorde den; inga lösenord och inget innehåll",
        "För att hitta fel och utreda obehörig åtkomst.",
        f"{_LEGAL_DUTY}: säkerhet i behandlingen (artikel 32)",
        "Enligt serverns inställning.",
        "Den som sköter servern",
    ),
)  # fmt: skip

#: The columns that say nothing about people: numbers, dates, codes, words from a list, amounts, checksums.
IMPERSONAL: dict[str, tuple[str, ...]] = {
    "meta": ("application", "version", "batch", "hash", "event", "event_hash", "weeded"),
    "batch": ("id", "posted", "kind", "sha256", "undoes", "entries", "changes", "total", "salt", "hash"),
    "entry": (
        "id", "batch", "kind", "year", "funder", "project", "call", "area", "amount", "open", "basis", "reverses",
    ),
    "change": ("batch", "position", "record", "id", "salt"),
    # Digests that rest on random salts, which go when a text is weeded: no name can be tried against them.
    "weeded": ("batch", "what", "owner", "number", "digest", "instead"),
    "event": ("id", "happened", "kind", "salt", "hash"),
    "event_weeded": ("told", "event", "digest", "instead"),
    "setting": ("id", "name"),
    "funder": ("id", "kind"),
    "area": ("id", "first_year", "last_year", "successor"),
    "plan": ("id", "year", "state", "decided", "immediate_approval"),
    "plan_version": ("id", "year", "number", "head", "decided", "immediate_approval"),
    "project": ("id", "code", "area", "starts", "ends", "parent"),
    "project_link": ("id", "earlier", "later", "kind"),
    "call": (
        "id", "code", "year", "opens", "closes", "state", "assessed", "decides", "kinds", "scores_open", "copied_from",
    ),
    "criterion": ("id", "call", "position", "weight", "scale", "lowest"),
    "member": ("id",),
    "account": ("id",),
    "proposal": (
        "id", "code", "call", "project", "joint", "continuing", "received", "state", "least", "moved_to",
    ),
    "proposal_cost": ("id", "proposal", "year", "cost_type", "payer", "amount"),
    "score": ("id", "proposal", "criterion"),
    "conflict": ("id", "proposal", "state"),
    "scenario": ("id", "code", "call", "year", "copied_from", "put_away"),
    "scenario_line": ("id", "scenario", "project", "call", "year", "choice", "amount", "locked"),
    "meeting": ("id", "code", "call", "year", "held", "state", "scenario"),
    "attendance": ("id", "meeting"),
    "recommendation": ("id", "code", "scenario", "meeting", "made", "state", "hash", "head"),
    "resolution": ("id", "recommendation", "number", "verdict", "decided", "immediate_approval", "hash"),
    "decision": ("id", "project", "kind", "decided", "immediate_approval", "outcome", "recommendation"),
    "follow_up": ("id", "code", "project"),
    "follow_up_item": ("id", "follow_up", "kind", "position"),
    "report_due": ("id", "project", "kind", "due", "received"),
    "output": ("id", "project", "position", "kind"),
    "alias": ("id", "record", "project", "funder", "area", "call"),
    "import_layout": ("id",),
}  # fmt: skip

#: table.column -> what the register says of it
BY_COLUMN: dict[str, Held] = {column: held for held in REGISTER for column in held.columns}


def classified() -> set[str]:
    """Every column that somebody has looked at, as table.column."""
    return {*BY_COLUMN, *(f"{table}.{column}" for table, names in IMPERSONAL.items() for column in names)}
