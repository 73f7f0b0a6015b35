"""Gives a checkout that is installed by `pip install -e .` its command; the wheel, which has no site, has none."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Command(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            build_data["shared_scripts"]["run_server.py"] = self.metadata.name
