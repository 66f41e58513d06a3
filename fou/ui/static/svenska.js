// Streamlit's own words in Swedish.
//
// Streamlit has no setting for the language of its interface. This script replaces the words it knows, in text
// and in attributes (so that screen readers get them too), as the page changes. Only whole texts are replaced,
// never parts, and what Fou itself has written (headings, running text, tables) is left alone. A word that
// Streamlit changes in a later version stays English: nothing else breaks.
"use strict";
(() => {
  const WORDS = {
    // The frame: menu, navigation, status
    "Main menu": "Meny",
    "Menu": "Meny",
    "App pages": "Sidor",
    "Skip to main content": "Hoppa till innehållet",
    "Sidebar": "Sidopanel",
    "Expand sidebar": "Öppna menyn",
    "Collapse sidebar": "Stäng menyn",
    "Open sidebar": "Öppna menyn",
    "Close sidebar": "Stäng menyn",
    "Navigate to home page": "Till startsidan",
    "Scroll tabs left": "Visa flikar till vänster",
    "Scroll tabs right": "Visa flikar till höger",
    "Theme": "Utseende",
    "Light": "Ljust",
    "Dark": "Mörkt",
    "System": "Som datorn",
    "Use system setting": "Som datorn",
    "Settings": "Inställningar",
    "Print": "Skriv ut",
    "About": "Om Fou",
    "Get help": "Få hjälp",
    "Report a bug": "Rapportera fel",
    "Rerun": "Kör om",
    "Running...": "Arbetar …",
    "Stopping...": "Stannar …",
    "Stop": "Avbryt",
    "Please wait...": "Vänta …",
    "Connecting": "Ansluter",
    "Loading...": "Läser in …",
    "Notifications": "Meddelanden",
    "Close": "Stäng",
    "Cancel": "Avbryt",
    "Continue anyway": "Fortsätt ändå",
    "Copy": "Kopiera",
    "Copy version to clipboard": "Kopiera versionen",
    "Copied": "Kopierat",
    "Copy to clipboard": "Kopiera",
    "Link to heading": "Länk till rubriken",
    "Toolbar action": "Verktyg",
    "Help": "Hjälp",
    "Show more": "Visa mer",
    "Show less": "Visa mindre",
    "View less": "Visa färre",
    "view more": "visa mer",
    "view less": "visa mindre",

    // When the connection is lost, or a page is missing
    "Connection error": "Ingen kontakt med Fou",
    "Connection failed": "Ingen kontakt med Fou",
    "Connection timed out.": "Fou svarar inte.",
    "Network error": "Nätverksfel",
    "Try again": "Försök igen",
    "Reconnected to server.": "Kontakten är tillbaka.",
    "Page not found": "Sidan finns inte",
    "The page that you have requested does not seem to exist": "Sidan du bad om finns inte",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "Sidan du bad om finns inte. Översikten visas i stället.",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Fou svarar inte. Kontrollera att programmet är igång och att datorn är ansluten till nätet.",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Är Fou igång? Har programmet stängts av startar du det igen i terminalen:",
    "streamlit run yourscript.py": "make run",
    "Unable to connect to Streamlit server": "Får ingen kontakt med Fou",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "Kontakten är bruten. Vänta tills den är tillbaka och försök igen.",

    // Uploading
    "Upload": "Välj fil",
    "Browse files": "Välj fil",
    "Add files": "Lägg till fler filer",
    "Drag and drop a file here": "Dra och släpp en fil här",
    "Drag and drop file here": "Dra och släpp en fil här",
    "Drag and drop files here": "Dra och släpp filer här",
    "File Uploader": "Ladda upp fil",
    "Click to retry upload": "Försök ladda upp igen",
    "Upload failed": "Det gick inte att ladda upp filen",
    "Error uploading file": "Det gick inte att ladda upp filen",
    "Error deleting file": "Det gick inte att ta bort filen",
    "Unexpected error. Please try again.": "Något gick fel. Försök igen.",
    "Only one file is allowed.": "Bara en fil åt gången.",
    "Too many files": "För många filer",
    "file upload": "ladda upp",
    "Error:": "Fel:",
    "progress": "förlopp",
    "Dismiss": "Stäng",
    "Download failed": "Det gick inte att hämta filen",
    "Failed to generate file for download": "Filen kunde inte göras just nu. Vänta en minut och försök igen.",
    "Download Button": "Hämta",

    // Choices, text and numbers
    "Choose an option": "Välj",
    "Choose options": "Välj",
    "Choose or add an option": "Välj eller skriv",
    "Choose or add options": "Välj eller skriv",
    "Add an option": "Lägg till",
    "Add options": "Lägg till",
    "No options to select": "Inget att välja",
    "No options to select.": "Inget att välja.",
    "No options": "Inget att välja",
    "No results": "Inga träffar",
    "Open": "Öppna",
    "Clear value": "Rensa",
    "Clear all": "Rensa allt",
    "Clear entry": "Rensa",
    "Select all": "Välj alla",
    "Selected values": "Valda",
    "Selectbox": "Val",
    "Selectbox options": "Val att välja mellan",
    "Multiselect": "Flerval",
    "Multiselect options": "Val att välja mellan",
    "Increment": "Öka",
    "Decrement": "Minska",
    "Number is above the allowed range.": "Talet är för stort.",
    "Number is below the allowed range.": "Talet är för litet.",
    "Invalid input.": "Det går inte att skriva så här.",
    "Invalid value.": "Det går inte att skriva så här.",
    "Show password": "Visa lösenordet",
    "Hide password": "Dölj lösenordet",
    "Press Enter to apply": "Tryck Retur för att använda",
    "Press Enter to submit form": "Tryck Retur för att skicka",
    "Press Ctrl+Enter to apply": "Tryck Ctrl+Retur för att använda",
    "Press ⌘+Enter to apply": "Tryck ⌘+Retur för att använda",
    "Press Ctrl+Enter to submit form": "Tryck Ctrl+Retur för att skicka",
    "Press ⌘+Enter to submit form": "Tryck ⌘+Retur för att skicka",

    // Dates
    "Choose date": "Välj datum",
    "Choose date range": "Välj period",
    "Choose date and time": "Välj datum och tid",
    "Previous month": "Föregående månad",
    "Next month": "Nästa månad",
    "Clear date": "Rensa datumet",
    "Clear dates": "Rensa datumen",
    "Date range": "Period",
    "Quick select a date range": "Snabbval av period",
    "Time": "Tid",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Pilarna flyttar mellan datum, Retur väljer, Escape stänger.",
    "Past Week": "Senaste veckan",
    "Past Month": "Senaste månaden",
    "Past 3 Months": "Senaste 3 månaderna",
    "Past 6 Months": "Senaste 6 månaderna",
    "Past Year": "Senaste året",
    "Past 2 Years": "Senaste 2 åren",

    // Tables and charts
    "Show/hide columns": "Visa eller dölj kolumner",
    "Download as CSV": "Hämta som CSV",
    "Download": "Hämta",
    "Search": "Sök",
    "Close Search": "Stäng sökningen",
    "Next Result": "Nästa träff",
    "Previous Result": "Föregående träff",
    "Type to search": "Skriv för att söka",
    "Fullscreen": "Helskärm",
    "Close fullscreen": "Stäng helskärm",
    "Sort ascending": "Sortera stigande",
    "Sort descending": "Sortera fallande",
    "Format": "Talformat",
    "Autosize": "Anpassa bredden",
    "Statistics": "Sammanfattning",
    "Pin column": "Lås kolumnen",
    "Unpin column": "Lås upp kolumnen",
    "Hide column": "Dölj kolumnen",
    "Copy column name": "Kopiera kolumnens namn",
    "Dataframe column menu": "Kolumnens meny",
    "Clear selection": "Rensa markeringen",
    "Add row": "Lägg till rad",
    "Delete row(s)": "Ta bort rader",
    "Select...": "Välj",
    "Automatic": "Automatiskt",
    "Localized": "Svenskt",
    "Plain": "Utan avgränsare",
    "Compact": "Kort",
    "Percent": "Procent",
    "Dollar": "Dollar",
    "Accounting": "Bokföring",
    "Scientific": "Tiopotens",
    "Distance": "Tid sedan",
    "Calendar": "Kalender",
    "Count": "Antal",
    "Values": "Värden",
    "25th percentile": "Undre kvartil",
    "75th percentile": "Övre kvartil",
    "Empty": "Tomma",
    "Distinct": "Olika",
    "Minimum": "Minst",
    "Maximum": "Störst",
    "Average": "Medel",
    "Median": "Median",
    "Standard deviation": "Standardavvikelse",
    "Range": "Spann",
    "Minimum length": "Kortaste text",
    "Maximum length": "Längsta text",
    "Average length": "Medellängd",
    "Based on sample": "Beräknat på ett urval",
    "Top values frequency chart": "Diagram över de vanligaste värdena",
    "Distribution histogram": "Diagram över fördelningen",
    "True/false distribution chart": "Diagram över ja och nej",
    "No data": "Inget att visa",
    "empty": "tom",
    "Scrollable table": "Tabell som går att rulla",
    "Pagination": "Sidor",
    "Next page": "Nästa sida",
    "Previous page": "Föregående sida",
    "Download plot as a png": "Spara som bild",
    "Download plot as a PNG": "Spara som bild",
    "Download plot": "Spara som bild",
    "Zoom": "Zooma",
    "Pan": "Flytta",
    "Box Select": "Markera med ruta",
    "Lasso Select": "Markera fritt",
    "Zoom in": "Zooma in",
    "Zoom out": "Zooma ut",
    "Autoscale": "Visa allt",
    "Reset axes": "Återställ",
    "Show data": "Visa som tabell",
    "Show chart": "Visa som diagram",
  };

  const MONTHS = {
    January: "januari", February: "februari", March: "mars", April: "april", May: "maj", June: "juni", July: "juli",
    August: "augusti", September: "september", October: "oktober", November: "november", December: "december",
  };
  const FIELDS = { year: "år", month: "månad", day: "dag", hour: "timme", minute: "minut" };
  const name = (word) => MONTHS[word] ?? FIELDS[word] ?? word;

  const PATTERNS = [
    // Date inputs speak English in every browser, whatever its language
    [/^(year|month|day|hour|minute), (.+)$/, (_, field, label) => `${name(field)}, ${swedish(label) ?? label}`],
    [/^(.+) start date$/, "$1, första dagen"],
    [/^(.+) end date$/, "$1, sista dagen"],
    [/^(\d+) – ([A-Z][a-z]+)$/, (_, number, month) => `${number} – ${name(month)}`],
    [/^([A-Z][a-z]+) (\d{4})$/, (all, month, year) => (month in MONTHS ? `${name(month)} ${year}` : all)],
    [/^Selected Date: ([A-Z][a-z]+) 0?(\d+), (\d+)$/, (_, month, day, year) => `Valt datum: ${day} ${name(month)} ${year}`],
    [/^Selected Range: (.+) to (.+)$/, "Vald period: $1 till $2"],
    [/^Choose date( range)?, (.+)$/, (_, range, month) => `Välj ${range ? "period" : "datum"}, ${month}`],
    [/^Made with Streamlit v.*$/, "Byggt med Streamlit "],
    [/^([\d.,]+) ?([kMG]?B) per file$/, "Högst $1 $2 per fil"],
    [/^File is larger than (.+)$/, "Filen är större än $1"],
    [/^(.+) files are not allowed\.$/, "Filer av typen $1 går inte att läsa in."],
    [/^File must be (.+)$/, "Filen ska vara av typen $1"],
    [/^Remove (.+)$/, "Ta bort $1"],
    [/^Cancel upload of (.+)$/, "Avbryt uppladdningen av $1"],
    [/^Add: (.+)$/, "Lägg till: $1"],
    [/^Select (\d+) matches$/, "Välj $1 träffar"],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "Högst $1 kan väljas. Ta bort ett val först."],
    [/^(\d+) options? available\.$/, "$1 att välja mellan."],
    [/^\(([\d.]+) seconds?\)$/, "($1 s)"],
    [/^Error: (.+)$/, (_, rest) => `Fel: ${swedish(rest) ?? rest}`],
    [/^Page (\d+)$/, "Sida $1"],
    [/^Page (\d+) of (\d+)$/, "Sida $1 av $2"],
    [/^View (\d+) more$/, "Visa $1 till"],
    [/^(\d+) results?$/, "$1 träffar"],
    [/^(\d+) of (\d+) results?$/, "$1 av $2 träffar"],
    [/^Help for (.+)$/, "Hjälp om $1"],
    [/^Open (.+) menu$/, "Öppna menyn $1"],
    [/^Attempting to connect to .+$/, "Försöker få kontakt med Fou."],
    [/^Connection failed with status (\d+).*$/, "Ingen kontakt med Fou (svar $1)."],
    [/^You have requested page \/(.*), but no corresponding file was found in the app's pages\/ directory(.*)$/,
      "Det finns ingen sida med adressen /$1. Översikten visas i stället."],
    [/^Number is above the allowed range\. Please enter a value less than or equal to (.+)\.$/, "Talet är för stort. Skriv högst $1."],
    [/^Number is below the allowed range\. Please enter a value greater than or equal to (.+)\.$/, "Talet är för litet. Skriv minst $1."],
    [/^Number is outside the allowed range\. Please enter a value between (.+) and (.+)\.$/, "Skriv ett tal mellan $1 och $2."],
  ];

  const ATTRIBUTES = ["aria-label", "title", "placeholder", "data-title", "aria-description", "aria-valuetext"];
  // What Fou itself has written, and drawings, where there is nothing of Streamlit's to translate.
  const OURS = ".stMarkdown, .stHeading, .stText, .stTable, .stCode, [data-testid='stDataFrameGlideDataEditor'] table";

  const swedish = (text) => {
    const bare = text.trim();
    // The longest text we know is shorter than this; most that is longer is Fou's.
    if (bare.length < 3 || bare.length > 200) return null;
    let found = Object.hasOwn(WORDS, bare) ? WORDS[bare] : null;
    if (found === null) {
      for (const [pattern, replacement] of PATTERNS) {
        if (pattern.test(bare)) {
          found = bare.replace(pattern, replacement);
          break;
        }
      }
    }
    return found === null ? null : text.replace(bare, () => found);
  };

  const translateText = (node) => {
    const found = swedish(node.data);
    if (found !== null && found !== node.data && !node.parentElement?.closest(OURS)) node.data = found;
  };

  const translateAttributes = (element) => {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const found = swedish(value);
      if (found !== null && found !== value) element.setAttribute(name, found);
    }
  };

  const isDrawing = (node) => node instanceof SVGElement || node instanceof HTMLCanvasElement;

  const translateTree = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE || isDrawing(root)) return undefined;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      isDrawing(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else translateAttributes(node);
    }
    return undefined;
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translateTree);
      else if (change.type === "characterData") translateText(change.target);
      else if (!isDrawing(change.target)) translateAttributes(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ATTRIBUTES,
  });
  translateTree(document.documentElement);
})();
