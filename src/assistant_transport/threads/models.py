"""A person's threads, the tree of messages in each, and one record for every run.

JSON is kept as text: PostgreSQL's jsonb would reorder keys and refuse `\\u0000`, and nothing queries within it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Thread(models.Model):
    """A conversation of one owner. The state that clients see is the path from the first message to `head`."""

    name = models.CharField(max_length=128)  # the client's threadId
    owner = models.TextField()  # as CALLER says
    user = models.ForeignKey(  # where the caller is one; deleting a user deletes their threads
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    title = models.TextField(blank=True)
    archived = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)  # taken over from a browser: its messages are the client's word
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")  # branched off from
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    last_activity = models.DateTimeField(auto_now_add=True)  # of a run; renaming is none
    version = models.PositiveBigIntegerField(default=1)  # grows with every stored change, of a title too
    # Grows with every stored change of the messages. Whoever writes them says which one they have read, so that no
    # update is lost, whatever else changes meanwhile.
    revision = models.PositiveBigIntegerField(default=0)
    layout = models.CharField(max_length=16)  # of the messages: ASSISTANT_MESSAGE_FORMAT
    rest = models.TextField(default="{}")  # the state without its messages, as a JSON object
    head = models.PositiveIntegerField(null=True, blank=True)  # number of the message where the shown branch ends
    running_until = models.DateTimeField(null=True, blank=True)  # the lease of the run on it; null: nothing runs
    lost = models.PositiveIntegerField(default=0)  # messages that could not be stored while the database was away

    objects: ClassVar[models.Manager["Thread"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="assistant_thread_name")]
        # Beside Django's `view_thread`, which shows neither.
        permissions = [("read_content", "Can read titles and messages")]
        indexes = [models.Index(fields=["owner", "archived", "-last_activity", "-id"], name="assistant_thread_list")]

    def __str__(self) -> str:
        return str(self.name)


class Message(models.Model):
    """A message in the tree of its thread. An edit makes a sibling: the branch before it stays."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()  # counted from 1 in its thread
    parent = models.PositiveIntegerField(null=True, blank=True)  # number of the message before it; null: the first
    name = models.TextField(blank=True)  # its id in the state
    data = models.TextField()  # the whole message in its thread's layout, as JSON
    text = models.TextField(blank=True)  # its plain text, for search; written when its run has ended

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="assistant_message_number")]

    def __str__(self) -> str:
        return f"{self.thread}: {self.number}"


class RunRecord(models.Model):
    """What a run took and how it ended; one of each run while THREADS is on, of no kept thread too."""

    thread = models.ForeignKey(Thread, models.SET_NULL, null=True, blank=True, related_name="runs")
    owner = models.TextField()
    key = models.TextField(blank=True)  # the name that quotas count by, such as an API key's
    assistant = models.TextField()
    model = models.TextField(blank=True)  # as the provider names it
    input_tokens = models.PositiveBigIntegerField(null=True, blank=True)  # null: the provider did not say
    output_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveBigIntegerField(null=True, blank=True)  # of the input tokens
    begun = models.DateTimeField()
    seconds = models.FloatField(null=True, blank=True)
    outcome = models.CharField(max_length=16)  # running, done, error, cancelled, interrupted
    reason = models.TextField(blank=True)  # of an error: a stable name, never a provider's text

    objects: ClassVar[models.Manager["RunRecord"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "begun"], name="assistant_run_owner"),
            models.Index(fields=["begun"], name="assistant_run_begun"),
        ]

    def __str__(self) -> str:
        return f"{self.assistant}: {self.outcome}"
