from django.db import models


class Item(models.Model):
    """Something that a caller has asked to be kept."""

    owner = models.TextField(db_index=True)  # turn.owner: whose it is
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
