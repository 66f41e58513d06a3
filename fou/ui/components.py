"""Parts of pages that are our own script in the browser: registered with Streamlit, whose own are drawn by Python."""

from __future__ import annotations

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from fou.ui.web.page import STATIC

#: What draws each, by its name.
_made: dict[str, ComponentRenderer] = {}


def script(name: str, file: str) -> ComponentRenderer:
    """The component whose script is this file among the static ones; its elements lie in the page, styled by it.

    Streamlit takes a file only from an installed package that declares its folder: this declares ours. A script given
    as a text would be run from a blob, which the page's content security policy forbids.
    """
    manager, whole = get_bidi_component_manager(), f"fou.{name}"
    if manager.get_component_asset_root(whole) is None or name not in _made:
        folder = ComponentConfig(name=name, asset_dir=STATIC.name)
        manager.register_from_manifest(ComponentManifest(name="fou", version="1", components=[folder]), STATIC.parent)
        _made[name] = st.components.v2.component(whole, js=file, isolate_styles=False)
    return _made[name]
