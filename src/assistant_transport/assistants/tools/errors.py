"""The error by which a tool tells its model what was wrong."""


class ToolError(Exception):
    """Raised by a tool that cannot do what it was asked. The model and the user read the text."""


class ArgumentsError(ToolError):
    """A tool was called with arguments that do not fit its parameters; the text says which and why."""
