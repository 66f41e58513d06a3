"""A page that follows what others do: the browser asks for the version of what there is, and for what it has not drawn.

It is the browser that knows what it has drawn. Streamlit drops the end of a run when a fragment is asked for just as
the run ends, so the server cannot know; and a screen that lacks the end of a run asks for it again.

A part of a page that is a fragment may be asked for alone, which takes half the time. It tells how the page around it
would look now, and the browser asks for the whole page too when that is another look than the one it has drawn.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from streamlit.runtime.scriptrunner import RerunException

from fou.ui import components, state
from fou.ui.head import View

#: Another after each start. Whoever asks, who need not have signed in, learns nothing from the word for a version.
_KEY = secrets.token_bytes(16)


@dataclass(slots=True)
class Drawn:
    """What a run of a page draws: of which version it is, and a word for how the page looks beside its fragments."""

    version: str
    looks: str = ""


def version() -> str:
    """A word for the state of the database, another after each change; it says nothing else."""
    return blake2b(repr(state.database().version).encode(), key=_KEY, digest_size=8).hexdigest()


@contextmanager
def followed(view: View) -> Iterator[Drawn]:
    """Have this screen show what others do. All that the page reads and draws belongs in the block.

    What the browser has drawn is told to it last, and as it was when the block began: if anything was lost on the
    way, or has changed meanwhile, the browser asks for the page again.
    """
    drawn = Drawn(version())
    try:
        yield drawn
    except RerunException:
        # The run that follows draws the page. What this one has drawn is no whole.
        raise
    except BaseException:
        # A page that ends with what is wrong is followed too: it may be right with the next version.
        _tell(view, drawn)
        raise
    _tell(view, drawn)


def _tell(view: View, drawn: Drawn) -> None:
    if view.head is None:
        data = {"version": drawn.version, "looks": drawn.looks}
        components.script("folj", "following.js")(data=data, key="folj")
