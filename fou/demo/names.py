"""The words of the invented municipality: areas, subjects, methods, people, places. All made up."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATION = "Exempelkommunen"
BOARD = "Socialnämnden"
OWN_FUNDER = "Exempelkommunen, socialnämnden"

#: short name → (name, word in layout for its kind, note)
FUNDERS = {
    "own": (OWN_FUNDER, "kommun", "Nämndens egna medel för forskning och utveckling."),
    "forte": ("Forte", "stat", "Bidragen i exemplet är påhittade."),
    "region": ("Region Exempellän", "region", "Påhittad region som delar kostnaden i gemensamma projekt."),
    "foundation": ("Stiftelsen Vardagsnära forskning", "stiftelse", "Påhittad stiftelse."),
    "eu": ("Europeiska socialfonden", "EU", "Bidragen i exemplet är påhittade."),
}


@dataclass(frozen=True, slots=True)
class AreaWords:
    """A priority area and what its projects are about: subjects fit after "om", questions each have one."""

    name: str
    description: str
    need: str
    keyword: str
    subjects: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    units: tuple[str, ...]


AREAS: tuple[AreaWords, ...] = (
    AreaWords(
        "Barn och unga",
        "Stöd till barn, unga och deras familjer, hemma och under placering.",
        "Fler barn behöver få stöd innan problemen har vuxit sig stora.",
        "barn och unga",
        (
            "stöd till familjehem", "umgänge under placering", "skolgången för placerade barn",
            "barns delaktighet i utredningar", "tidigt stöd vid skolfrånvaro",
            "orosanmälningar från förskolan",
            "öppenvård för tonåringar", "unga som lämnar samhällsvården", "föräldrastöd i grupp",
            "samverkan mellan skola och socialtjänst", "kontaktfamilj som förebyggande stöd",
            "nyanlända barns första tid",
        ),
        (
            ("Vad gör att unga stannar kvar i skolan?", "tidigt stöd vid skolfrånvaro"),
            ("Hur får barn veta vad som bestäms om dem?", "barns delaktighet i utredningar"),
            ("När räcker stödet hemma?", "öppenvård för tonåringar"),
        ),
        ("Barn och unga Norr", "Barn och unga Söder", "Familjehemsenheten", "Enheten för familjerätt"),
    ),
    AreaWords(
        "Våld i nära relationer",
        "Skydd, stöd och behandling vid våld i nära relationer och hedersrelaterat våld.",
        "Många som utsätts för våld söker hjälp sent eller inte alls.",
        "våld i nära relationer",
        (
            "skydd i akuta situationer", "barn som har bevittnat våld", "samtal med våldsutövare",
            "riskbedömningar vid våld", "stöd till äldre som utsätts för våld", "hedersrelaterat förtryck",
            "livet efter skyddat boende", "att fråga om våld", "digitalt våld mot unga",
            "samverkan med polis och sjukvård", "våld i ungas relationer", "ekonomiskt våld",
        ),
        (
            ("Vad hjälper barn som har levt med våld?", "barn som har bevittnat våld"),
            ("Vem frågar den som slår?", "samtal med våldsutövare"),
            ("Vad händer efter det skyddade boendet?", "livet efter skyddat boende"),
        ),
        ("Relationsvåldsteamet", "Barn och unga Norr", "Vuxenenheten", "Mottagningsenheten"),
    ),
    AreaWords(
        "Missbruk och beroende",
        "Öppenvård, behandling och stöd till anhöriga.",
        "Insatserna behöver hänga ihop bättre för den som också har psykisk ohälsa.",
        "beroende",
        (
            "vägar tillbaka efter återfall", "anhörigas situation vid beroende",
            "spelproblem bland unga vuxna",
            "vårdplaner som används", "brukarinflytande i öppenvården", "samsjuklighet och samordning",
            "cannabis bland gymnasieungdomar", "stöd efter behandlingshem", "föräldraskap och beroende",
            "läkemedelsberoende hos äldre", "bedömningssamtal i öppenvården", "digitala samtal om alkohol",
        ),
        (
            ("Vad får någon att komma tillbaka till behandlingen?", "vägar tillbaka efter återfall"),
            ("Vem samordnar när vården har flera dörrar?", "samsjuklighet och samordning"),
            ("Hur når stödet de anhöriga?", "anhörigas situation vid beroende"),
        ),
        ("Vuxenenheten", "Öppenvården", "Socialpsykiatrin", "Anhörigcentrum"),
    ),
    AreaWords(
        "Ekonomiskt bistånd",
        "Handläggning, bemötande och vägar till egen försörjning.",
        "En del hushåll lever länge på bistånd utan att få rätt stöd till arbete.",
        "ekonomiskt bistånd",
        (
            "barnfamiljer med långvarigt bistånd", "arbetsmarknadsinsatser för unga vuxna",
            "handläggningstid och bemötande", "skuldsättning och rådgivning",
            "vägar från bistånd till arbete",
            "digital ansökan om bistånd", "barnperspektivet i biståndsbeslut",
            "hälsa bland dem som länge har haft bistånd", "språkstöd och egen försörjning",
            "bedömningsinstrument i handläggningen", "hushåll som söker bistånd på nytt",
            "samarbete med arbetsgivare",
        ),
        (
            ("Vad leder till arbete som varar?", "vägar från bistånd till arbete"),
            ("Hur syns barnen i besluten?", "barnperspektivet i biståndsbeslut"),
            ("Varför kommer en del hushåll tillbaka?", "hushåll som söker bistånd på nytt"),
        ),
        ("Försörjningsenheten", "Mottagningsenheten", "Vuxenenheten"),
    ),
    AreaWords(
        "Funktionsnedsättning och delaktighet",
        "Stöd och service enligt LSS, boendestöd och daglig verksamhet.",
        "Den som får stöd vill oftare vara med och bestämma om sin vardag.",
        "funktionsnedsättning",
        (
            "självbestämmande i gruppbostad", "vägen från daglig verksamhet till arbete",
            "boendestöd i vardagen",
            "kontinuitet i personlig assistans", "kognitivt stöd i hemmet",
            "föräldrar med kognitiva svårigheter",
            "fritid för unga med funktionsnedsättning", "bildstöd i samtal",
            "övergången från skola till vuxenliv",
            "delaktighet i genomförandeplaner", "teknik för ett självständigt liv",
            "kompetens hos stödassistenter",
        ),
        (
            ("Vem bestämmer i gruppbostaden?", "självbestämmande i gruppbostad"),
            ("Vad krävs för ett första arbete?", "vägen från daglig verksamhet till arbete"),
            ("Hur blir genomförandeplanen min?", "delaktighet i genomförandeplaner"),
        ),
        ("LSS-enheten", "Daglig verksamhet", "Boendestöd", "Socialpsykiatrin"),
    ),
    AreaWords(
        "Hemlöshet och boende",
        "Förebygga vräkning och ordna varaktigt boende med stöd.",
        "Tillfälliga lösningar blir ofta långvariga och dyra.",
        "hemlöshet",
        (
            "bostad först", "arbete som förebygger vräkning", "barnfamiljer utan egen bostad",
            "unga vuxna i tillfälligt boende", "sociala hyreskontrakt", "boendeskola och stöd i hemmet",
            "kvinnor i hemlöshet", "samarbete med hyresvärdar", "äldre personer i hemlöshet",
            "uppsökande arbete på kvällar och helger", "vägen från härbärge till eget kontrakt",
            "grannskap och trygghet",
        ),
        (
            ("Vad gör ett boende varaktigt?", "vägen från härbärge till eget kontrakt"),
            ("När kan en vräkning undvikas?", "arbete som förebygger vräkning"),
            ("Vad kostar det tillfälliga boendet?", "unga vuxna i tillfälligt boende"),
        ),
        ("Boendeenheten", "Vuxenenheten", "Försörjningsenheten", "Boendestöd"),
    ),
    AreaWords(
        "Äldre och anhöriga",
        "Hemtjänst, särskilt boende, förebyggande arbete och stöd till anhöriga.",
        "Fler äldre bor hemma länge och är beroende av att stödet fungerar varje dag.",
        "äldreomsorg",
        (
            "ofrivillig ensamhet bland äldre", "stöd till anhöriga som vårdar", "kontinuitet i hemtjänsten",
            "mötesplatser vid demenssjukdom", "biståndsbedömning efter behov", "måltider på särskilt boende",
            "förebyggande hembesök", "digital teknik i hemtjänsten", "trygg hemgång från sjukhus",
            "psykisk ohälsa hos äldre", "tvåspråkig äldreomsorg", "delaktighet på särskilt boende",
        ),
        (
            ("Vad bryter ensamheten?", "ofrivillig ensamhet bland äldre"),
            ("Hur många möter en äldre person på en vecka?", "kontinuitet i hemtjänsten"),
            ("Vad orkar den som vårdar hemma?", "stöd till anhöriga som vårdar"),
        ),
        ("Hemtjänst Öster", "Hemtjänst Väster", "Särskilt boende", "Anhörigcentrum"),
    ),
)  # fmt: skip

#: The area that changes its name: its words above serve both names.
OLD_AREA = "Missbruk och beroende"
NEW_AREA = "Skadligt bruk och beroende"
RENAMED_FROM = 2023

#: Methods that can be "om" something in a title.
METHODS_ABOUT = {
    "en intervjustudie", "en registerstudie", "en följestudie", "en enkätstudie", "en granskning av akter",
    "en jämförande studie", "en fallstudie", "en studie tillsammans med brukare",
}  # fmt: skip
#: method → how it is done
METHODS = {
    "en intervjustudie": "Forskarna intervjuar både dem som får stöd och personal som ger det.",
    "en registerstudie": "Uppgifter ur kommunens och nationella register följs över flera år.",
    "en följestudie": "Forskarna följer arbetet på plats och återkopplar under tiden.",
    "en utvärdering": "Arbetet jämförs med hur det var tänkt och med läget innan.",
    "en enkätstudie": "En enkät på lätt svenska besvaras i början och i slutet.",
    "en granskning av akter": "Ett urval av avslutade ärenden läses enligt en gemensam mall.",
    "en kartläggning": "Behov och insatser beskrivs enhet för enhet.",
    "en jämförande studie": "Två enheter som arbetar olika jämförs med varandra.",
    "en effektstudie": "Resultaten jämförs mellan dem som har fått insatsen och dem som väntar.",
    "en prövning av arbetssätt": "Ett nytt arbetssätt prövas i liten skala innan det införs brett.",
    "en fallstudie": "Ett fåtal ärenden följs i detalj från början till slut.",
    "en studie tillsammans med brukare": "Brukare är med och ställer frågor, samlar in svar och tolkar dem.",
    "en studie av kostnader": "Kostnader och nytta räknas samman för flera huvudmän.",
    "en studie över tid": "Samma personer följs upp efter sex, tolv och tjugofyra månader.",
}

USES = (
    "Resultaten ska användas i enheternas förbättringsarbete.",
    "Resultatet blir ett stödmaterial som alla enheter kan använda.",
    "Lärdomarna sprids vid öppna seminarier för personal och förtroendevalda.",
    "Kunskapen ska ge bättre underlag när nämnden fördelar resurser.",
    "Arbetet ger personalen en gemensam metod och ett gemensamt språk.",
    "Resultaten redovisas för dem som deltar innan rapporten blir klar.",
    "Studien ska visa vad som kan införas i hela kommunen och vad som bör sluta.",
)

STAGE_SUMMARIES = {
    "pilot": "Förstudien prövar om frågan går att studera och vilka som kan delta.",
    "follow_up": "Uppföljningen undersöker vad som finns kvar två år efter att studien började.",
    "spread": "Lärdomarna förs ut till enheter som inte var med från början.",
    "programme": "Programmet håller samman flera delprojekt med gemensam ledning och gemensamma frågor.",
}

PLACES = (
    "Ekbacken", "Björkdalen", "Norrängen", "Söderslätt", "Kvarnbyn", "Hamnstaden", "Ängslunda", "Stenkulla",
    "Almvreten", "Bruksparken", "Åkerlunda", "Fiskarängen", "Mellanstaden", "Östermarken", "Kungsvreten",
    "Granliden", "Vallbyn", "Solgläntan", "Gamla staden", "Slussområdet", "Lillsjödalen", "Rosenlunda",
    "Tegelparken", "Nyhagen", "Västergärdet",
)  # fmt: skip

PROGRAMMES = (
    "Hela vägen", "Trygg vardag", "Från ord till handling", "Tillsammans i tid", "Rätt stöd från början",
    "Vardag som fungerar", "Kunskap i rörelse", "Nära och samordnat", "Lyssna först", "Steg för steg",
    "En väg in", "Starkare ihop",
)  # fmt: skip

PERFORMERS = (
    "Högskolan i Exempelstad", "Exempelbygdens universitet", "FoU Exempellän",
    "Högskolan i Exempelstad, institutionen för socialt arbete", "Nordslättens universitet",
    "Exempelbygdens universitet, institutionen för folkhälsa", "Institutet för vardagsnära forskning",
    "Nordslättens universitet, centrum för barnforskning", "FoU Exempellän och Högskolan i Exempelstad",
)  # fmt: skip

FIRST_NAMES = (
    "Anna", "Maria", "Karin", "Eva", "Lena", "Sara", "Emma", "Åsa", "Ingrid", "Malin", "Johan", "Erik",
    "Lars",
    "Anders", "Per", "Mikael", "Fredrik", "Gustav", "Olof", "Henrik", "Amina", "Fatima", "Leyla", "Nasrin",
    "Mirjana", "Aleksandra", "Thuy", "Hodan", "Samira", "Parisa", "Ali", "Hassan", "Dragan", "Mehmet",
    "Reza", "Abdi", "Tomasz", "Yonas", "Ibrahim", "Jukka",
)  # fmt: skip

LAST_NAMES = (
    "Andersson", "Johansson", "Karlsson", "Nilsson", "Eriksson", "Larsson", "Olsson", "Persson", "Svensson",
    "Gustafsson", "Lindberg", "Lindqvist", "Bergström", "Sandberg", "Lundgren", "Hedlund", "Sjöberg",
    "Wallin",
    "Nyström", "Holmgren", "Åkesson", "Öberg", "Ahmadi", "Hosseini", "Yılmaz", "Kovačević", "Petrović",
    "Nowak", "Nguyen", "Haddad", "Khalil", "Mohamud", "Warsame", "Tesfaye", "Demir", "Rahimi", "Mäkinen",
    "Virtanen", "Aziz", "Markovic",
)  # fmt: skip

#: name, e-mail, word for the role, unit
MEMBERS = (
    ("Gunilla Ekdahl", "gunilla.ekdahl", "ledamot", "Barn och unga Norr"),
    ("Mehdi Karimi", "mehdi.karimi", "ledamot", "Vuxenenheten"),
    ("Birgitta Sandström", "birgitta.sandstrom", "ledamot", "Försörjningsenheten"),
    ("Jonas Wikström", "jonas.wikstrom", "ledamot", "Boendeenheten"),
    ("Selma Begić", "selma.begic", "ledamot", "LSS-enheten"),
    ("Tuula Niemi", "tuula.niemi", "ledamot", "Hemtjänst Öster"),
    ("Rasmus Hallberg", "rasmus.hallberg", "ledamot", "Relationsvåldsteamet"),
    ("Sofia Abrahamsson", "sofia.abrahamsson", "handläggare", "FoU-enheten"),
)
MEETING_CALL = "Samverkansmedel 2026–2027"
EMAIL_DOMAIN = "exempelkommunen.example"

CONFLICT_REASONS = (
    "Chef för en av de sökande enheterna",
    "Nära anhörig till den ansvariga forskaren",
    "Har varit med och skrivit ansökan",
    "Sitter i styrgruppen för projektet",
)

#: name, weight, highest value; the last one was added in 2025
CRITERIA = (
    ("Nytta för dem som får stöd", 3, 10, "0: ingen nytta framgår. 5: nytta för några. 10: stor nytta för många."),
    ("Vetenskaplig kvalitet", 2, 10, "0: frågan går inte att besvara så. 5: godtagbar metod. 10: utmärkt metod."),
    ("Genomförbarhet och rimlig kostnad", 1, 5, "0: går inte att genomföra. 3: går troligen. 5: väl planerat."),
    ("Samverkan mellan flera enheter", 2, 10, "0: en enda enhet. 5: två eller tre. 10: alla som berörs deltar."),
)

#: Conditions of a grant or a reservation.
STATUS_REPORT = "under förutsättning att lägesrapporten godkänns"
THREE_UNITS = "under förutsättning att minst tre enheter deltar"
EU_SUPPORT = "under förutsättning att Europeiska socialfonden beviljar fortsatt stöd"
ETHICS = "under förutsättning att forskningen får etiskt godkännande"
DEFERRED_CONDITION = "under förutsättning att nämnden bifaller den kompletterade ansökan"

#: word for the kind → texts
FOLLOW_UP_ITEMS = {
    "mål": (
        "Stödet ska komma i gång inom två veckor.",
        "Den som får stöd ska känna till sin plan och ha varit med och skrivit den.",
        "Alla enheter ska använda samma arbetsgång.",
        "Personalen ska ha handledning varje månad.",
        "Antalet byten av handläggare ska minska.",
        "Samverkan ska ha en namngiven ansvarig hos varje part.",
    ),
    "aktivitet": (
        "Utbildning i två steg för all personal i de deltagande enheterna.",
        "Gemensamma möten varannan vecka mellan enheterna.",
        "Brukarråd som läser och kommenterar materialet.",
        "En samordnare på halvtid håller ihop arbetet.",
        "Lärande seminarier där delresultat diskuteras.",
    ),
    "framgångsfaktor": (
        "Ledningen har efterfrågat resultat regelbundet.",
        "Deltagarna har haft samma kontaktperson hela tiden.",
        "Arbetssättet bygger på sådant som personalen redan kunde.",
        "Forskarna har funnits på plats ute i enheterna.",
        "Det fanns en tydlig gräns för vad projektet skulle göra.",
    ),
    "risk eller hinder": (
        "Hög personalomsättning gör att kunskapen försvinner.",
        "Olika verksamhetssystem gör det svårt att följa en person över tid.",
        "För få deltagare för att kunna dra säkra slutsatser.",
        "Arbetet är beroende av en enda nyckelperson.",
        "Rekryteringen tog längre tid än planerat.",
        "Sekretessen mellan huvudmännen tolkas olika.",
    ),
    "förbättring": (
        "Ta med IT-stödet redan i planeringen.",
        "Boka möten med alla parter för hela året i förväg.",
        "Informera på fler språk och i bild.",
        "Avsätt tid för införandet efter att forskningen är klar.",
        "Samla in uppgifter som enheterna ändå registrerar.",
    ),
}
FOLLOW_UP_METHODS = (
    "Två fokusgrupper och sex enskilda intervjuer",
    "Enkät till personal och genomgång av statistik",
    "Intervjuer med deltagare, chefer och forskare",
    "Genomgång av rapporter och ett uppföljningsmöte",
)
FOLLOW_UP_QUESTIONS = (
    "Nåddes målen? Vad används i dag? Vad skulle ha gjorts annorlunda?",
    "Vilka arbetssätt finns kvar? Vad hindrar att fler använder dem?",
    "Vad tycker de som fick stödet? Stämde kostnaden med planen?",
)

PLAN_TEXTS = {
    2019: "Planen är den första som samlar alla FoU-medel. Barn och unga prioriteras.",
    2020: "Fortsatt satsning på pågående studier. Två nya förstudier påbörjas.",
    2021: "Nästan hela ramen är bunden i pågående projekt. Utrymmet för nya projekt är litet.",
    2022: "Flera studier går in på sitt sista år. Uppföljning av resultaten planeras.",
    2023: "Ett område byter namn. Flera starter blev försenade och en del av ramen användes inte.",
    2024: "Ramen höjs. Arbetet med våld i nära relationer och hemlöshet utökas.",
    2025: "Samverkan blir en egen prioriteringsgrund. Resultat ska spridas till fler enheter.",
    2026: "Medel avsätts för utlysningen 2026–2027. En del belopp för 2028 är ännu inte fastställda.",
}
PLAN_PREPARATION = (
    "FoU-rådet har berett förslaget vid två möten. Enheterna har lämnat synpunkter.",
    "FoU-rådet har berett förslaget. Brukarrådet och de fackliga organisationerna har fått information.",
)
