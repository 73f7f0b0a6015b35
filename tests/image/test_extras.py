"""The image with extras: EXTRA names any of them, and each is installed from its lock."""

from tests.image.conftest import docker
from tests.server import ROOT

MODULES = {"langgraph": "langgraph", "postgres": "psycopg", "jwt": "jwt"}


def test_an_image_with_every_extra_has_the_packages_of_each(image_with_extras: str) -> None:
    locks = {lock.stem.removeprefix("requirements-") for lock in ROOT.glob("requirements-*.txt")} - {"dev"}
    assert locks == MODULES.keys()
    script = "".join(f"import {module}\n" for module in MODULES.values())
    docker("run", "--rm", image_with_extras, "python", "-c", script)
