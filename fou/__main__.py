"""``python -m fou``."""

from fou.cli import run

run()
