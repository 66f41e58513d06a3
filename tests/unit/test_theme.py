"""The theme that is kept is the one that Streamlit puts together from its settings."""

from __future__ import annotations

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from fou.ui.web.theme import keep_theme


@pytest.mark.parametrize("section", ["theme", "theme.light", "theme.dark", "theme.sidebar", "theme.dark.sidebar"])
def test_the_browser_is_told_of_the_same_theme_at_every_run(monkeypatch: pytest.MonkeyPatch, section: str) -> None:
    own = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", own)  # put back after the test
    expected = CustomThemeConfig()
    own(expected, section)
    keep_theme()
    for _ in range(2):
        told = CustomThemeConfig()
        app_session._populate_theme_msg(told, section)
        assert told == expected
    assert bool(expected.ByteSize()) == (section in ("theme", "theme.light", "theme.dark"))
