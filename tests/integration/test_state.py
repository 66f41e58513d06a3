"""What the server process keeps of what it has read, and that it reads it once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fou.errors import Refused
from fou.store import Reader
from fou.ui import state


@pytest.fixture(autouse=True)
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("FOU_DATABASE", str(tmp_path / "fou.duckdb"))
    yield state.database()
    state.close_database()


def test_what_several_sessions_ask_for_at_once_is_read_once() -> None:
    """Nine of ten wait for the first, and get what it found."""
    times, started, let_go = [], threading.Event(), threading.Event()

    def slow(reader: Reader, word: str) -> list[str]:
        times.append(word)
        started.set()
        assert let_go.wait(30)
        return [word]

    with ThreadPoolExecutor(10) as sessions:
        first = sessions.submit(state.read, None, slow, "a")
        assert started.wait(30)
        others = [sessions.submit(state.read, None, slow, "a") for _ in range(9)]
        let_go.set()
        found = [one.result(30) for one in (first, *others)]
    assert times == ["a"]
    assert all(one is found[0] for one in found)


def test_who_waited_for_a_reading_that_failed_reads_for_itself() -> None:
    times, started, let_go = [], threading.Event(), threading.Event()

    def fails_once(reader: Reader) -> str:
        times.append(1)
        if len(times) == 1:
            started.set()
            assert let_go.wait(30)
            raise Refused("nej")
        return "ja"

    with ThreadPoolExecutor(2) as sessions:
        first = sessions.submit(state.read, None, fails_once)
        assert started.wait(30)
        second = sessions.submit(state.read, None, fails_once)
        let_go.set()
        assert second.result(30) == "ja"
        with pytest.raises(Refused, match="nej"):
            first.result(30)
