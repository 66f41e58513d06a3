"""What several kinds of tests share: the real server, started as `make run` starts it."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from fou.imports.files.limited import read_file

# How long an example takes says more about the machine than about the code: time is measured by `make bench`.
settings.register_profile("fou", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fou")

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 60
#: A cluster tells a job by this variable how many cores it has, and DuckDB takes no more threads than that.
CORES = "SLURM_CPUS_ON_NODE"


@pytest.fixture(scope="session", autouse=True)
def _one_thread_a_database() -> Iterator[None]:
    """DuckDB shares each question out among its threads, which takes a fifth more when other tests need the cores too.

    Servers that `serving` starts have all their threads, and so has `test_threads.py`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CORES, "1")
        yield


@dataclass(frozen=True)
class Server:
    """A running server: its address, the database file it holds, and the file its log goes to."""

    base: str
    database: Path
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{server.base}/halsa", timeout=1) as answer,
        ):
            if answer.read() == b"ok":
                return
        time.sleep(0.02)  # between two looks
    pytest.fail(f"the server did not start:\n{server.log.read_text('utf-8')}")


@contextlib.contextmanager
def serving(app: Path, database: Path, log: Path, port: int | None = None, **variables: str) -> Iterator[Server]:
    """Run `app` with `database` until the block ends, on a free port if none is given, with environment variables."""
    port = port or free_port()
    server = Server(f"http://127.0.0.1:{port}", database, log)
    options = ["--server.port", str(port), "--server.headless", "true"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(app), *options],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != CORES}
            | {"FOU_DATABASE": str(database), "PYTHONPATH": str(ROOT)}
            | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def _readings() -> dict[tuple[object, str], bytes]:
    """What has been read so far, pickled as the reading process sends it."""
    return {}


@pytest.fixture(scope="module")
def each_file_is_read_once(_readings: dict[tuple[object, str], bytes]) -> Iterator[None]:
    """A file with the same content is read by one process only (0.1 s), and each test gets what was read anew.

    For tests of what is made of a file; those of the reading itself do without.
    """

    def read_once(data: bytes, name: str) -> Any:
        key = (_content(data), name)
        if key not in _readings:
            _readings[key] = pickle.dumps(read_file(data, name))
        return pickle.loads(_readings[key])

    with pytest.MonkeyPatch.context() as patch:
        for module in ("fou.imports.examining", "fou.ui.importing.current"):
            if module in sys.modules:  # only the pages' tests load the page
                patch.setattr(sys.modules[module], "read_file", read_once)
        yield


def _content(data: bytes) -> object:
    """What is in a file, but not when it was written: that stands in a part of its own in a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return frozenset((p.filename, p.CRC, p.file_size) for p in package.infolist() if "core" not in p.filename)
    except zipfile.BadZipFile:
        return data


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers that live until the tests are over: `serve(database)`, or `serve(database, app=…)`."""
    with contextlib.ExitStack() as running:

        def start(database: Path, app: Path = ROOT / "app.py") -> Server:
            log = tmp_path_factory.mktemp("server") / "server.log"
            return running.enter_context(serving(app, database, log))

        yield start


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The real application on a database of its own, shared by all tests that only look."""
    return serve(tmp_path_factory.mktemp("data") / "fou.duckdb")
