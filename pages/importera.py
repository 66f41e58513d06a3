"""Import: a file → how it is read → what is wrong in it → what it would change → one batch."""

import streamlit as st

from fou.access import Action
from fou.imports.files.cells import Workbook
from fou.imports.findings import Severity
from fou.ui.head import page_head, require_page
from fou.ui.history import say_undone
from fou.ui.importing import begin, difference, findings, questions, reading, steps, swecris
from fou.ui.importing.current import current, say_what_hindered

view = page_head("Import", "Läs in en budget. Inget ändras förrän du har sett skillnaden.")
require_page(view, Action.IMPORT)
say_undone()

held = current(view.person)
say_what_hindered()
if held is None:
    steps.bar(0, 0)
    difference.last_result(view)
    begin.choose_file(view)
    begin.templates(view)
    begin.earlier(view)
    st.stop()

found = held.examined()
step = steps.shown(held, found)
steps.bar(step, steps.furthest(found), held)
if step == 1:
    if found.understood is not None:
        reading.reading(found.understood, view)
    elif held.read is not None and not isinstance(held.read, Workbook):
        swecris.swecris(held, held.read, view)
    else:
        st.info("Filen följer Fous budgetmall, så inget behöver tolkas.", icon=":material/check:")
elif step == 2:
    findings.summary(found)
    if found.understood is not None:
        questions.questions(found.understood, answered=False)
    findings.decisions(held, found)
    findings.findings(held, found, Severity.ERROR)
    findings.marked_file(held, found)
    findings.mended_file(held, found, view)
    findings.findings(held, found, Severity.WARNING)
    findings.control_totals(found, view)
    findings.findings(held, found, Severity.NOTE)
else:
    difference.difference(held, found, view)
steps.onward(step, found)
