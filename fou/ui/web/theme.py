"""The theme, which the browser is told at every run, put together once."""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def keep_theme() -> None:
    """Let Streamlit put each part of the theme together once.

    At every run it goes through all its settings six times for it, a twentieth of what a click costs. They do not
    change while the server runs.
    """
    put_together = app_session._populate_theme_msg

    @cache
    def made(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        put_together(message, section)
        return message

    def populate(msg: CustomThemeConfig, section: str = "theme") -> None:
        # A part without settings must not be there at all.
        if made(section).ByteSize():
            msg.MergeFrom(made(section))

    app_session._populate_theme_msg = populate
