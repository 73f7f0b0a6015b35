"""What docs/deployment.md shows beside its commands is what its readers' tools understand."""

import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.docs.pages import blocks
from tests.server import ROOT

FILES = {block.file: block.text for block in blocks(ROOT / "docs/deployment.md") if block.language == "yaml"}


def test_the_ingress_is_valid() -> None:
    ingress = yaml.safe_load(FILES["ingress.yaml"])
    kubernetes_validate.validate(ingress, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.skipif(shutil.which("docker") is None, reason="docker is not installed")
def test_the_secrets_file_is_what_compose_understands(tmp_path: Path) -> None:
    override = tmp_path / "secrets.yaml"
    override.write_text(FILES["compose.secrets.yaml"])
    command = ["docker", "compose", "-f", "compose.yaml", "-f", str(override), "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert '"API_KEYS_FILE": "/run/secrets/api_keys"' in done.stdout
