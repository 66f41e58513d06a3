"""What waits to be sent to a browser: a part of the page is never missing between two runs."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from fou.ui.web.queue import KeepingQueue, keep_what_is_drawn

PART = "the part's id"


def drawn(text: str, part: str | None = None) -> ForwardMsg:
    """An element in its place on the page, or in the part of it that is a fragment."""
    message = ForwardMsg()
    message.delta.new_element.text.body = text
    message.metadata.delta_path.extend((0, 4) if part else (0, 3))
    if part:
        message.delta.fragment_id = part
    return message


def ended(how: ForwardMsg.ScriptFinishedStatus.ValueType) -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = how
    return message


@pytest.fixture
def queue() -> KeepingQueue:
    """A run of the whole page that has ended well and has not been sent."""
    queue = KeepingQueue()
    for message in (drawn("page"), drawn("part", PART), ended(ForwardMsg.FINISHED_SUCCESSFULLY)):
        queue.enqueue(message)
    return queue


def told(queue: KeepingQueue) -> list[str]:
    """What the browser is sent, in its order: texts of elements, and the ends of runs."""
    return [
        message.delta.new_element.text.body
        if message.WhichOneof("type") == "delta"
        else ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
        for message in queue.flush()
    ]


def test_what_a_part_has_drawn_is_sent_before_the_end_of_its_run_also_when_it_is_run_again(queue: KeepingQueue) -> None:
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[PART])
    queue.enqueue(drawn("part again", PART))
    queue.enqueue(ended(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY))
    assert told(queue) == [
        "page", "part", "FINISHED_SUCCESSFULLY", "part again", "FINISHED_FRAGMENT_RUN_SUCCESSFULLY",
    ]  # fmt: skip


def test_a_run_of_the_whole_page_takes_the_place_of_what_has_not_been_sent(queue: KeepingQueue) -> None:
    queue.clear(retain_lifecycle_msgs=True)
    queue.enqueue(drawn("page again"))
    assert told(queue) == ["FINISHED_EARLY_FOR_RERUN", "page again"]


def test_sessions_have_such_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "ForwardMsgQueue", ForwardMsgQueue)  # put back after the test
    keep_what_is_drawn()
    assert vars(app_session)["ForwardMsgQueue"] is KeepingQueue
