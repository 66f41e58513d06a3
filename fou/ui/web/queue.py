"""What waits to be sent to a browser: nothing that it has been told is drawn is taken back."""

from __future__ import annotations

from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


class KeepingQueue(ForwardMsgQueue):
    """A queue that keeps what a run has drawn when a part of the page is run again after it."""

    def clear(self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
        """Forget what is waiting; before a run of fragments, only where in the queue it lies.

        Streamlit takes away what the fragments have drawn so far and keeps that the whole page's run has ended well.
        The browser then lacks them and removes them, until their own run has drawn them again: for a while there is
        nowhere to write, and what is typed is lost. What is drawn twice does no harm, as long as the second time is
        not put in the place of the first, before the end of the first run (which Streamlit's way prevents too).
        """
        if retain_lifecycle_msgs and fragment_ids_this_run:
            self._delta_index_map = {}
        else:
            super().clear(retain_lifecycle_msgs, fragment_ids_this_run)


def keep_what_is_drawn() -> None:
    """Let sessions have such a queue from now on."""
    app_session.ForwardMsgQueue = KeepingQueue  # type: ignore[attr-defined]
