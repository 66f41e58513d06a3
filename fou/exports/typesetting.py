"""Setting pages and pictures with Typst: the same result on every machine, and user text only ever as data.

A template gets one value, ``sys.inputs.data``, which is JSON: no title can act as markup. The typefaces are Source
Sans, which comes as a package, and those within Typst; a system's own are left alone.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

#: Stands for a sign that no typeface has: a PDF that everybody can read holds no empty boxes of its own.
MISSING = "□"
_UNSHOWN = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
#: Each round names all signs that are missing; a second is needed only when taking one out joins others.
_ROUNDS = 4
_SIGNS = """
#set document(title: "Tecken")
#set text(font: "Source Sans Pro")
#for signs in json(bytes(sys.inputs.data)) [#signs #linebreak()]
"""


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """A tagged PDF by PDF/UA-1; Typst refuses what would break it, such as a picture without a text."""
    text = json.dumps(data, ensure_ascii=False)
    for _ in range(_ROUNDS):
        try:
            return _tagged(template, text)
        except typst.TypstError as error:
            unshown = _unshown(error)
            if not unshown:
                raise
        # In a picture one missing sign takes its neighbours with it: those that stand well alone are kept.
        for signs in _missing(unshown) or unshown:
            text = text.replace(signs, MISSING)
    raise ValueError("signs that no typeface has are still left")


def png(template: str, data: dict[str, Any], per_inch: float) -> bytes:
    """The template's first page as a picture."""
    pages = _compiler(template, json.dumps(data, ensure_ascii=False)).compile(format="png", ppi=per_inch)
    return _bytes(pages[0] if isinstance(pages, list) else pages)


def _tagged(template: str, text: str) -> bytes:
    return _bytes(_compiler(template, text).compile(format="pdf", pdf_standards=["ua-1"]))


def _missing(signs: list[str]) -> list[str]:
    """Those that no typeface has."""
    try:
        _tagged(_SIGNS, json.dumps(signs, ensure_ascii=False))
    except typst.TypstError as error:
        return _unshown(error)
    return []


def _unshown(error: typst.TypstError) -> list[str]:
    """The signs that a message complains of, the longest first."""
    found = {_plain(signs) for signs in _UNSHOWN.findall(error.diagnostic or error.message)}
    return sorted(found, key=len, reverse=True)


def _compiler(template: str, text: str) -> typst.Compiler:
    return typst.Compiler(template.encode(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"data": text})


@cache
def _fonts() -> typst.Fonts:
    found = find_spec("font_source_sans_pro")
    assert found is not None
    assert found.origin is not None
    files = Path(found.origin).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files)])


def _plain(text: str) -> str:
    """A text as it was before the message quoted it."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _bytes(made: Any) -> bytes:
    assert isinstance(made, bytes)
    return made
