"""Parts of pages that are our own script in the browser: registered with Streamlit, whose own are drawn by Python."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from fou.ui.web.page import STATIC


def script(name: str, file: str) -> ComponentRenderer:
    """The component whose script is this file among the static ones; its elements lie in the page, styled by it.

    Streamlit takes a file only from an installed package that declares its folder: this declares ours. A script given
    as a text would be run from a blob, which the page's content security policy forbids.
    """
    return _registered(name, file, id(get_bidi_component_manager()))


@lru_cache(maxsize=8)  # once for each of Streamlit's runtimes, of which a server has one
def _registered(name: str, file: str, _runtime: int) -> ComponentRenderer:
    manifest: Any = ComponentManifest(
        name="fou", version="1", components=[ComponentConfig(name=name, asset_dir=STATIC.name)]
    )
    get_bidi_component_manager().register_from_manifest(manifest, STATIC.parent)
    return st.components.v2.component(f"fou.{name}", js=file, isolate_styles=False)
