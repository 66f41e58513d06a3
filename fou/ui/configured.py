"""The settings that this process runs under."""

from __future__ import annotations

import os
from functools import lru_cache

from fou.settings import VARIABLE, Settings, settings_from_environment


def settings() -> Settings:
    """The settings, read once. Raises SettingsError, which the start of the server has told already."""
    return _read(os.environ.get(VARIABLE))


@lru_cache(maxsize=8)
def _read(_file: str | None) -> Settings:
    return settings_from_environment()
