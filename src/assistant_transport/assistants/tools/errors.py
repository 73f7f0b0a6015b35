"""The error by which a tool tells its model what was wrong."""


class ToolError(Exception):
    """Raised by a tool that cannot do what it was asked. The model and the user read the text."""
