"""What a tool may tell its model."""


class ToolError(Exception):
    """A tool cannot do what it was asked for. The model reads the text, and so does the user."""
