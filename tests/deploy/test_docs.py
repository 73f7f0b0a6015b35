"""The files that docs/deployment.md shows are valid for the tools that read them."""

import kubernetes_validate
import yaml

from tests.docs.pages import blocks
from tests.server import ROOT

FILES = {block.file: block.text for block in blocks(ROOT / "docs/deployment.md") if block.language == "yaml"}


def test_the_ingress_is_valid() -> None:
    ingress = yaml.safe_load(FILES["ingress.yaml"])
    kubernetes_validate.validate(ingress, kubernetes_validate.latest_version(), strict=True)


def test_the_secret_is_read_where_compose_puts_it() -> None:
    shown = yaml.safe_load(FILES["compose.secrets.yaml"])
    (secret,) = shown["secrets"]
    assert shown["services"]["app"] == {
        "environment": {"API_KEYS_FILE": f"/run/secrets/{secret}"},
        "secrets": [secret],
    }
