"""A company's code in the image: a migration made elsewhere, and an image built on top, as docs/deployment.md shows."""

import shlex
import subprocess
from pathlib import Path

from tests.docs.pages import blocks
from tests.image.conftest import docker
from tests.image.test_image import Container
from tests.server import ROOT
from tests.test_company import Company

ASSISTANT = """
import humanize


class Assistant:
    async def reply(self, turn):
        turn.transcript.assistant_message().append_text(humanize.intcomma(1234567))
"""


def test_a_migration_made_here_is_what_the_image_wants(image: str, tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.run("make", "new", "APP=orders")
    run = [
        "run",
        "--rm",
        "--volume",
        f"{company.folder}/src:/app/src:ro",
        "--env",
        "DATABASE_URL=sqlite:////tmp/db.sqlite3",
    ]
    assert "No changes detected" in docker(*run, image, "python", "manage.py", "makemigrations", "--check", "orders")
    assert "orders.0001_initial... OK" in docker(*run, image, "python", "manage.py", "migrate")


def test_an_image_on_top_has_the_package_and_what_it_needs_and_still_no_pip(image: str, tmp_path: Path) -> None:
    shown = [
        block
        for block in blocks(ROOT / "docs/deployment.md")
        if block.run_by and __name__.split(".")[-1] in block.run_by
    ]
    dockerfile, build = (block.text for block in shown)
    (tmp_path / "Dockerfile.own").write_text(dockerfile)
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package/assistant.py").write_text(ASSISTANT)
    subprocess.run(shlex.split(build.removeprefix("$ ")), cwd=tmp_path, check=True, capture_output=True)
    container = Container("my-assistant", "--env", "ASSISTANT=my_package.assistant.Assistant")
    try:
        container.wait_until_healthy()
        state, errors = container.client.say("?").follow()
        assert not errors
        assert state["messages"][1]["parts"][0]["text"] == "1,234,567"
        script = "import shutil, importlib.util as u; print(shutil.which('pip'), u.find_spec('pip'))"
        assert docker("exec", container.id, "python", "-c", script).strip() == "None None"
    finally:
        container.remove()
