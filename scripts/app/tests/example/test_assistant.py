import pytest

from assistant_transport.testing import reply_to
from example.assistant import Assistant
from example.models import Item


@pytest.mark.django_db
def test_a_reply_lists_what_its_caller_has_kept_and_nobody_elses() -> None:
    Item.objects.create(owner="me", text="a green scarf")
    Item.objects.create(owner="somebody else", text="a secret")
    reply = reply_to(Assistant(), "a red hat", owner="me")
    assert [call.name for call in reply.tool_calls] == ["add_item", "list_items"]
    assert reply.text == "You have kept:\n\n- a green scarf\n- a red hat"
