"""A server of our own to measure, and one rerun at a time over its WebSocket."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its address, process, and how long it took until it was healthy (seconds)."""

    port: int
    process: subprocess.Popen[bytes]
    healthy_after: float

    def resident_mib(self) -> float:
        """Resident memory of the server process, MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def serving(script: Path, database: Path | None = None) -> Iterator[Served]:
    """Run a Streamlit app until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, **({"FOU_DATABASE": str(database)} if database else {})}
    command = [
        sys.executable, "-m", "streamlit", "run", script.name, "--server.headless", "true", "--server.port", str(port),
        "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=script.parent, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _healthy(port):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError(f"{script} did not start")
        yield Served(port, process, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def rerun_ms(served: Served, page: str, times: int) -> tuple[float, float]:
    """(the first run, the median rerun) of one page, in milliseconds from click to last message."""
    runs = reruns_ms(served, page, times + 1)
    return runs[0], statistics.median(runs[1:])


def reruns_ms(served: Served, page: str, times: int) -> list[float]:
    """Each run of one page in one new session, in milliseconds from click to last message."""
    return asyncio.run(_session(served.port, page, times))


async def _session(port: int, page: str, times: int) -> list[float]:
    async with Session.open(port) as session:
        return [await session.rerun_ms(page) for _ in range(times)]


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's connection to a server, without the browser."""

    connection: websockets.ClientConnection

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Session]:
        """Connect, and stay connected until the block ends."""
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(f"http://127.0.0.1:{port}"),
            max_size=None,
        ) as connection:
            yield cls(connection)

    async def rerun_ms(self, page: str) -> float:
        """Run a page, and wait for its last message: milliseconds."""
        path, _, query = page.partition("?")
        click = BackMsg()
        click.rerun_script.page_name = path
        click.rerun_script.query_string = query
        started = time.perf_counter()
        await self.connection.send(click.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(await asyncio.wait_for(self.connection.recv(), 120)))
            if message.WhichOneof("type") == "script_finished":
                return (time.perf_counter() - started) * 1000
            if message.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(f"/{page}: {message.delta.new_element.exception.message}")
