"""The README's commands, run as they are written there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SECONDS_TO_START = 420  # a first `make run` installs everything


def commands() -> list[str]:
    """Every line of the README's code blocks that is a command."""
    blocks = re.findall(r"^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [
        line
        for block in blocks
        for line in block.splitlines()
        if re.match(r"(FOU_DATABASE=\S+ )?\.venv/bin|make ", line)
    ]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of what a fresh clone holds, with this Python as its .venv."""
    for name in ("app.py", "fou", "pages", "data", ".streamlit"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("*.duckdb*", "__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for program in ("python", "streamlit"):
        (tmp_path / ".venv" / "bin" / program).symlink_to(Path(sys.executable).parent / program)
    shutil.copy(ROOT / "data" / "documents.xlsx", tmp_path / "budget.xlsx")
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("FOU_DATABASE", "PYTHONPATH")}
    # A link into a virtual environment does not carry the environment along: the packages are named instead.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False


def test_the_readme_has_the_two_commands_and_the_plain_ones() -> None:
    found = commands()
    assert found[:2] == ["make run", "make test"]
    assert sum("-m fou" in command for command in found) >= 10


def test_every_fou_command_of_the_readme_works_as_written(elsewhere: Path) -> None:
    told = {}
    for command in commands():
        if "-m fou" in command:
            done = run(command, elsewhere)
            told[command] = (done.returncode, done.stderr)
    assert told == dict.fromkeys(told, (0, ""))
    assert (elsewhere / "plan2013.xlsx").exists()
    assert (elsewhere / "data" / "example.duckdb").exists()


def test_make_run_makes_the_default_database_and_opens_the_dashboard(tmp_path: Path) -> None:
    database, port = tmp_path / "new.duckdb", free_port()
    environment = os.environ | {
        "FOU_DATABASE": str(database),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_PORT": str(port),
    }
    process = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not answers(f"http://127.0.0.1:{port}/halsa"):
            assert process.poll() is None, process.stdout.read().decode() if process.stdout else ""
            assert time.monotonic() < deadline, "the dashboard did not open"
            time.sleep(0.1)  # between two looks
        assert database.exists()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)
