"""Every error has a code that programs can go by: documented, in the answer, and in the log."""

import json
import re
from collections import Counter

from assistant_transport.http.errors import Code
from tests.conftest import StartServer
from tests.server import ROOT, without_admin
from tests.wire import Client

_DOCUMENTED = re.compile(r"^\| (\d{3}) \| `(\w+)` \|", re.MULTILINE)
_NGINX = re.compile(r"map \$status \$code \{(.*?)\}", re.DOTALL)


def nginx_codes() -> set[tuple[str, str]]:
    (codes,) = _NGINX.findall((ROOT / "nginx.conf").read_text())
    return {(status.replace("default", "503"), code) for status, code in re.findall(r"(\w+) (\w+);", codes)}


def test_the_documented_codes_are_those_of_the_app_and_of_nginx() -> None:
    documented = _DOCUMENTED.findall((ROOT / "docs/protocol.md").read_text())
    assert len(documented) == len(set(documented))
    assert set(documented) == {(str(code.status), code.value) for code in Code} | nginx_codes()


def test_the_description_names_the_codes(client: Client) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Error"]
    assert schema["required"] == ["error", "code"]
    assert set(schema["properties"]["code"]["examples"]) == set(Code)


@without_admin
def test_the_line_of_a_refused_request_has_the_code(start_server: StartServer) -> None:
    server = start_server(API_KEYS="me:a-key-of-16-letters")
    client = Client(server.host, server.port)
    with_key = {"Authorization": "Bearer a-key-of-16-letters"}
    refused = [
        client.post("/cancel", {}),
        client.post("/cancel", {}, **with_key),
        client.post("/assistant", {"commands": [{"type": "dance"}]}, **with_key),
        client.request("POST", "/assistant", b"{", **with_key, Content_Type="application/json"),
        client.get("/assistant"),
        client.get("/nothing"),
    ]
    client.say("hi", headers=with_key).body()
    codes = ["unauthenticated", "run_not_found", "invalid_request", "invalid_json", "method_not_allowed", "not_found"]
    assert [reply.json()["code"] for reply in refused] == codes
    server.stop()
    lines = [json.loads(line) for line in server.log().splitlines()]
    logged = [line.get("code") for line in lines if line["logger"].endswith("access_log")]
    assert Counter(logged) == Counter([*codes, None])  # a line may come after the next request's
