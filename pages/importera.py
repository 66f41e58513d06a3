"""Import: a workbook in the budget template → findings and difference → one batch."""

import io

import streamlit as st

from fou.access import Action
from fou.imports.template.writing import empty_template
from fou.ui import importing
from fou.ui.head import page_head, require_page
from fou.ui.history import say_undone

view = page_head("Import", "Läs in en budget från Excel. Inget ändras förrän du har sett skillnaden.")
require_page(view, Action.IMPORT)
say_undone()


def template() -> bytes:
    """The empty budget template, five years from this one."""
    out = io.BytesIO()
    empty_template(out, view.today.year, view.today.year + 4)
    return out.getvalue()


upload = st.file_uploader(
    "1. Välj en arbetsbok i budgetmallen (.xlsx)", type=["xlsx", "xlsm"], key=importing.uploader_key()
)
st.download_button(
    "Hämta tom budgetmall", template, "budgetmall.xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    icon=":material/download:", on_click="ignore",
)  # fmt: skip
importing.last_result(view)
if upload is not None:
    examined = importing.examined(upload)
    st.subheader("2. Granskning", anchor=False)
    importing.findings(examined)
    if not examined.checked.has_errors:
        st.subheader("3. Skillnad mot databasen", anchor=False)
        importing.difference(examined, view)
        importing.post_button(examined, view)
importing.earlier(view)
