"""The budget template as a file: its sheets, its looks, and that what is written is what can be read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from fou.imports.template.layout import BUDGET_HEADS, SHEETS
from fou.imports.template.tables import Table
from fou.imports.template.writing import SHEET_ORDER, empty_template, write_template

FUNDERS: Table = [{"Finansiär": "Exempelkommunen", "Slag": "kommun"}]
PROJECTS: Table = [
    {"Kod": "P-1", "Projekt": "Läxhjälp", "Start": 2013, "Slut": date(2014, 10, 31)},
    {"Kod": "P-2", "Projekt": "Fältarbete", "Start": "2014-10"},
]
BUDGET: Table = [
    {
        "Projekt": "P-1",
        "Finansiär": "Exempelkommunen",
        "Slag": "plan",
        2013: Decimal(600000),
        2014: "ej fastställt",
    },
    {"Projekt": "P-2", "Finansiär": "Exempelkommunen", "Slag": "plan", 2013: Decimal("1500.50"), 2015: 0},
]
TABLES = {"Finansiärer": FUNDERS, "Projekt": PROJECTS, "Budget": BUDGET}


def written(tables: dict[str, Table]) -> Workbook:
    buffer = BytesIO()
    write_template(buffer, tables)
    return load_workbook(buffer)


def lists(sheet: Worksheet) -> dict[str, str]:
    """The first cell of each drop-down list → where its words come from."""
    return {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}


def everything(book: Workbook) -> dict[str, list[list[object]]]:
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_every_sheet_of_the_layout_has_a_place_in_the_order() -> None:
    assert sorted(SHEET_ORDER) == sorted(["Budget", *(sheet.name for sheet in SHEETS)])


def test_an_empty_template_has_all_the_sheets_with_the_read_me_first() -> None:
    buffer = BytesIO()
    empty_template(buffer, 2026, 2029)
    assert load_workbook(buffer).sheetnames == ["Läs mig", *SHEET_ORDER]


def test_an_empty_template_has_the_heads_and_the_years() -> None:
    buffer = BytesIO()
    empty_template(buffer, 2026, 2028)
    book = load_workbook(buffer)
    assert [cell.value for cell in book["Budget"][1]] == [*BUDGET_HEADS, 2026, 2027, 2028]
    for sheet in SHEETS:
        assert [cell.value for cell in book[sheet.name][1]] == [column.head for column in sheet.columns]


def test_only_required_sheets_and_those_named_are_written() -> None:
    book = written({"Resultat": []})
    assert book.sheetnames == ["Läs mig", "Budget", "Projekt", "Finansiärer", "Områden", "Resultat"]


def test_the_budget_has_the_years_that_occur_in_order() -> None:
    heads = [cell.value for cell in written(TABLES)["Budget"][1]]
    assert heads[len(BUDGET_HEADS) :] == [2013, 2014, 2015]


def test_values_stand_as_they_were_given_and_empty_is_not_zero() -> None:
    rows = list(written(TABLES)["Budget"].iter_rows(min_row=2, min_col=len(BUDGET_HEADS) + 1, values_only=True))
    assert rows == [(600000, "ej fastställt", None), (1500.5, None, 0)]


def test_ore_are_shown_only_where_there_are_ore() -> None:
    sheet = written(TABLES)["Budget"]
    assert [sheet["J2"].number_format, sheet["J3"].number_format] == ["#,##0", "#,##0.00"]


def test_a_day_is_a_date_a_year_a_number_and_a_month_text() -> None:
    sheet = written(TABLES)["Projekt"]
    assert [sheet["I2"].value, sheet["J2"].value, sheet["I3"].value] == [
        2013,
        datetime(2014, 10, 31),
        "2014-10",
    ]
    assert sheet["J2"].number_format == "yyyy-mm-dd"


def test_a_month_that_someone_types_is_not_made_into_a_day() -> None:
    assert written(TABLES)["Projekt"].column_dimensions["I"].number_format == "@"


@pytest.mark.parametrize("text", ["=1+1", "+46 8 123", "-5", "@SUM(A1)", "#REF!", '=HYPERLINK("x")'])
def test_text_never_acts_as_a_formula(text: str) -> None:
    cell = written({"Projekt": [{"Kod": "P-1", "Projekt": text}]})["Projekt"]["B2"]
    assert (cell.data_type, cell.value) == ("s", text)


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited() -> None:
    sheet = written({"Projekt": [{"Kod": "P-1", "Projekt": "=1+1"}, {"Kod": "P-2", "Projekt": "Läxhjälp"}]})["Projekt"]
    assert [sheet["B2"].quotePrefix, sheet["B3"].quotePrefix] == [True, False]


def test_control_characters_are_left_out() -> None:
    sheet = written({"Projekt": [{"Kod": "P-1", "Projekt": "Läx\x00hjälp\x0b"}]})["Projekt"]
    assert sheet["B2"].value == "Läxhjälp"


def test_a_text_too_long_for_a_cell_says_that_it_is_cut() -> None:
    text = written({"Projekt": [{"Kod": "P-1", "Projekt": "ö" * 40_000}]})["Projekt"]["B2"].value
    assert (len(text), text[-7:]) == (32_767, "tecken]")


def test_yes_and_no_are_written_as_ja_and_nej() -> None:
    plans: Table = [
        {"År": 2013, "Plan": "Plan", "Läge": "förslag", "Omedelbar justering": True},
        {"År": 2014, "Plan": "Plan", "Läge": "förslag", "Omedelbar justering": False},
    ]
    sheet = written({"Planer": plans})["Planer"]
    assert [sheet["G2"].value, sheet["G3"].value] == ["ja", "nej"]


def test_choices_and_yes_no_have_drop_down_lists() -> None:
    plans = lists(written({"Planer": []})["Planer"])
    assert plans == {"C2": '"utkast,förslag,beslutad,under revidering,avslutad"', "G2": '"ja,nej"'}


def test_references_have_drop_down_lists_of_what_the_other_sheet_holds() -> None:
    budget = lists(written(TABLES)["Budget"])
    assert [budget[cell].split(",")[0] for cell in ("A2", "D2", "E2")] == [
        "OFFSET('Projekt'!$A$2",
        "OFFSET('Områden'!$A$2",
        "OFFSET('Finansiärer'!$A$2",
    ]
    assert budget["F2"].startswith('"ram,plan,sökt,föreslaget,')
    assert budget["H2"] == '"angivet,fördelat"'


def test_a_reference_to_a_sheet_that_is_left_out_has_no_list() -> None:
    assert "C2" not in lists(written(TABLES)["Budget"])


def test_the_head_row_is_bold_filled_and_frozen() -> None:
    for sheet in written(TABLES).worksheets[1:]:
        assert all(cell.font.bold and cell.fill.fill_type == "solid" for cell in sheet[1])
        assert sheet.freeze_panes in ("B2", "C2")


def test_the_heads_are_locked_without_a_password() -> None:
    for sheet in written(TABLES).worksheets[1:]:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert all(cell.protection.locked for cell in sheet[1])


def test_everything_but_the_heads_may_be_written_in() -> None:
    for sheet in written(TABLES).worksheets[1:]:
        below = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
        assert not any(cell.protection.locked for cell in below)
        assert not any(column.protection.locked for column in sheet.column_dimensions.values())


def test_a_new_year_may_be_written_in_the_next_free_column() -> None:
    budget = written(TABLES)["Budget"]
    free = max(column.max for column in budget.column_dimensions.values())
    assert (budget.max_column, free) == (len(BUDGET_HEADS) + 3, 200)


def test_rows_may_be_formatted_inserted_deleted_sorted_and_filtered() -> None:
    allowed = written(TABLES)["Budget"].protection
    forbidden = [
        name
        for name in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter")
        if getattr(allowed, name)
    ]
    assert forbidden == []


def test_the_read_me_is_locked_whole() -> None:
    read_me = written(TABLES)["Läs mig"]
    assert read_me.protection.sheet
    assert all(cell.protection.locked for row in read_me.iter_rows() for cell in row)


def test_a_text_that_a_writer_may_take_for_markup_stays_text() -> None:
    sheet = written({"Projekt": [{"Kod": "P-1", "Projekt": "<r><t>Läx</t></r>"}]})["Projekt"]
    assert sheet["B2"].value.strip() == "<r><t>Läx</t></r>"


def test_long_texts_wrap_in_a_row_that_is_high_enough() -> None:
    sheet = written({"Projekt": [{"Kod": "P-1", "Projekt": "Läxhjälp", "Sammanfattning": "Ord och ord. " * 40}]})[
        "Projekt"
    ]
    assert sheet["D2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 6 * 15


def test_the_read_me_says_how_amounts_are_written_and_what_is_required() -> None:
    texts = [str(value) for row in everything(written(TABLES))["Läs mig"] for value in row if value]
    said = "\n".join(texts)
    for word in ("exklusive moms", "Tom cell", "ej fastställt", "Benämning", "Kod, Projekt", SHEETS[1].about):
        assert word in said


def test_the_same_tables_give_the_same_workbook_with_the_same_properties() -> None:
    first, second = written(TABLES), written(TABLES)
    assert everything(first) == everything(second)
    assert first.properties.modified == second.properties.modified == first.properties.created


def test_the_title_stands_on_the_first_sheet_and_in_the_properties() -> None:
    buffer = BytesIO()
    write_template(buffer, {}, "Portföljen 2026")
    book = load_workbook(buffer)
    assert (book["Läs mig"]["A1"].value, book.properties.title) == ("Portföljen 2026", "Portföljen 2026")


def test_a_sheet_that_the_template_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="Projekten"):
        write_template(BytesIO(), {"Projekten": []})


def test_a_head_that_the_sheet_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="Titel"):
        write_template(BytesIO(), {"Projekt": [{"Kod": "P-1", "Titel": "Läxhjälp"}]})


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match=r"1\.5"):
        write_template(BytesIO(), {"Budget": [{"Slag": "plan", 2013: 1.5}]})  # type: ignore[dict-item]
