"""What a tool's docstring tells the model: what it is good for, and what each parameter means."""

import inspect
import re

_SECTION = re.compile(r"(Args|Arguments|Parameters|Params|Returns|Return|Yields|Raises|Examples?|Notes?):?")
_PARAMETERS = ("Args", "Arguments", "Parameters", "Params")
_GOOGLE = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)")  # name (type): description
_GOOGLE_INDENT = 4
_SPHINX = re.compile(r":param(?:\s+[^:]+?)?\s+(\w+):\s*(.*)")  # :param type name: description
_NUMPY = re.compile(r"(\w+)(?:\s+:.*)?")  # name : type, the description on the next lines


def parse(text: str | None) -> tuple[str, dict[str, str]]:
    """The description of a docstring in Google's, NumPy's or Sphinx's style, and those of the parameters by name."""
    description: list[str] = []
    parameters: dict[str, str] = {}
    section, name, is_numpy = "", "", False
    for line in inspect.cleandoc(text or "").splitlines():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if found := _SPHINX.fullmatch(stripped):
            section, name = "Sphinx", found[1]
            parameters[name] = found[2]
        elif not indent and (heading := _SECTION.fullmatch(stripped)):
            section, name, is_numpy = heading[1], "", not stripped.endswith(":")
        elif section == "Sphinx" and stripped.startswith(":"):
            name = ""
        elif not section:
            description.append(line)
        elif section in _PARAMETERS and not re.fullmatch(r"-+", stripped) and stripped:
            starts = (_NUMPY if is_numpy else _GOOGLE).fullmatch(stripped) if _is_name(indent, is_numpy, name) else None
            if starts:
                name = starts[1]
                parameters[name] = "" if is_numpy else starts[2]
            elif name:
                parameters[name] = f"{parameters[name]} {stripped}".strip()
        elif section == "Sphinx" and name and stripped:
            parameters[name] = f"{parameters[name]} {stripped}".strip()
    return "\n".join(description).strip(), parameters


def _is_name(indent: int, is_numpy: bool, last: str) -> bool:
    """Whether a line of that indent may begin a parameter, rather than go on with the last one."""
    return indent == 0 if is_numpy else not last or indent <= _GOOGLE_INDENT
