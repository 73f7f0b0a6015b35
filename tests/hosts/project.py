"""Other people's Django projects, made as docs/django.md says: startproject, the wheel, the page's lines."""

import os
import shlex
import signal
import subprocess
import sys
import sysconfig
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.docs.pages import blocks
from tests.server import ROOT, Server
from tests.wire import Client, Reply, message

PAGE = blocks(ROOT / "docs/django.md")
SHOWN = {block.file: block.text for block in PAGE if block.language == "python"}
COMMANDS = [
    shlex.split(line.removeprefix("$ "))
    for block in PAGE
    if block.language == "console" and block.run_by
    for line in block.text.splitlines()
]
PREFIX = "/assistant"

# Apps of the project's own, whose names were once taken.
APPS = ("orders", "api", "runs", "telemetry")
MODEL = """
from django.conf import settings
from django.db import models


class Order(models.Model):
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField()
"""
VIEWS = """
from django.http import HttpResponse


def upload(request):
    return HttpResponse(str(len(request.FILES["file"].read())))
"""
# Another assistant, for tests that need its reply to wait; and a project that does all it can to its views.
LOCKSTEP = """
from shop.settings import *

ASSISTANT_TRANSPORT = {**ASSISTANT_TRANSPORT, "ASSISTANT": "shop.waiting.Waiting"}
"""
STRICT = """
from shop.lockstep import *

MIDDLEWARE = [*MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware", "api.middleware.Stamp"]
DATABASES["default"]["ATOMIC_REQUESTS"] = True
"""
KEEPING = """
from shop.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "assistant_transport.threads"]
ASSISTANT_TRANSPORT = {**ASSISTANT_TRANSPORT, "THREADS": True}
DATABASES = {"default": {**DATABASES["default"], "NAME": BASE_DIR / "keeping.sqlite3"}}
"""
MIDDLEWARE = """
class Stamp:
    sync_capable, async_capable = True, False

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Stamp"] = "sync"
        return response
"""
WAITING = """
import asyncio
from pathlib import Path


class Waiting:
    '''Writes a word, and another one once the file is there that the user has named.'''

    async def reply(self, turn):
        message = turn.transcript.assistant_message()
        message.append_text("first ")
        while not Path(turn.text).exists():
            await asyncio.sleep(0.01)
        message.append_text("last")
"""


def libraries() -> str:
    """Where the dependencies are. As PYTHONPATH it leaves out what the checkout has installed by a .pth file."""
    return sysconfig.get_path("purelib")


def install_wheel(folder: Path) -> Path:
    """Builds the wheel and installs it into a folder of its own, which is returned."""
    built, installed = folder / "dist", folder / "installed"
    run = [sys.executable, "-m"]
    subprocess.run(
        [*run, "build", "--wheel", "--no-isolation", "--outdir", str(built)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = built.iterdir()
    target = ["--target", str(installed), "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*run, "pip", "install", *target, str(wheel)], check=True, capture_output=True)
    return installed


def write_project(folder: Path) -> None:
    """Puts what docs/django.md shows, and apps of the project's own, into what startproject has made."""
    for name in ("settings", "urls"):
        file = folder / f"shop/{name}.py"
        file.write_text(f"{file.read_text()}\n{SHOWN[f'shop/{name}.py']}\n")
    asgi = folder / "shop/asgi.py"
    asgi.write_text(asgi.read_text().replace("application = get_asgi_application()\n", SHOWN["shop/asgi.py"] + "\n"))
    (folder / "shop/assistant.py").write_text(SHOWN["shop/assistant.py"])
    (folder / "shop/waiting.py").write_text(WAITING)
    (folder / "shop/lockstep.py").write_text(LOCKSTEP)
    (folder / "shop/strict.py").write_text(STRICT)
    (folder / "shop/keeping.py").write_text(KEEPING)
    for app in APPS:
        (folder / app / "migrations").mkdir(parents=True)
        (folder / app / "__init__.py").write_text("")
        (folder / app / "migrations/__init__.py").write_text("")
    (folder / "orders/models.py").write_text(MODEL)
    (folder / "api/views.py").write_text(VIEWS)
    (folder / "api/tests.py").write_text(TESTS)
    (folder / "api/middleware.py").write_text(MIDDLEWARE)
    with (folder / "shop/settings.py").open("a") as settings:
        settings.write(f"INSTALLED_APPS += {list(APPS)}\n")
    with (folder / "shop/urls.py").open("a") as urls:
        urls.write('from api import views\n\nurlpatterns += [path("upload", views.upload)]\n')


# A test as the project's developers write one.
TESTS = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import AsyncClient, TransactionTestCase, override_settings
from orders.models import Order

COMMANDS = {"commands": [{"type": "add-message", "message": {"parts": [{"type": "text", "text": "?"}]}}]}


class AssistantTests(TransactionTestCase):
    async def ask(self):
        user = await User.objects.acreate(username="carol")
        await Order.objects.acreate(customer=user, text="A green scarf")
        client = AsyncClient()
        await client.aforce_login(user)
        response = await client.post("/assistant/assistant", COMMANDS, content_type="application/json")
        return b"".join([part async for part in response.streaming_content]).decode()

    async def test_a_reply(self):
        self.assertIn("A green scarf", await self.ask())

    async def test_another_assistant(self):
        with override_settings(ASSISTANT_TRANSPORT={**settings.ASSISTANT_TRANSPORT, "ASSISTANT": "mock"}):
            self.assertIn("mock", await self.ask())
"""
DATA = """
from django.contrib.auth.models import User
from orders.models import Order
for name, text in (("alice", "A red hat"), ("bob", "A blue coat")):
    user = User.objects.create_superuser(name, password=name)
    Order.objects.create(customer=user, text=text)
"""


class Project:
    """A project in a folder, run by the Python at hand."""

    def __init__(self, folder: Path, installed: Path) -> None:
        self.folder = folder
        self.path = os.pathsep.join([str(folder), str(installed), libraries()])
        self.python("-m", "django", "startproject", "shop", str(folder))
        write_project(folder)
        self.python("manage.py", "makemigrations", "orders")
        self.python("manage.py", "migrate")
        self.python("manage.py", "shell", "--no-imports", "--command", DATA)

    def environment(self, **variables: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {"PYTHONPATH": self.path, "PYTHONDONTWRITEBYTECODE": "1", **variables}

    def python(self, *arguments: str, **variables: str) -> str:
        """Runs a Python that knows of the project, the wheel and its dependencies, and of no checkout."""
        done = self.run(*arguments, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [base_python(), *arguments]
        environment = self.environment(**variables)
        return subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True)

    def command(self, name: str) -> list[str]:
        """The command of docs/django.md whose first word is `name`, without its port."""
        (found,) = [command for command in COMMANDS if command[0] == name]
        return [base_python(), *found[1:]] if name == "python" else [base_python(), "-m", *found]


def base_python() -> str:
    """The Python that this environment was made with: it sees none of the environment's packages by itself."""
    return str(Path(sys.base_prefix) / "bin" / Path(sys.executable).resolve().name)


class HostServer(Server):
    """A server of a project."""

    probe = f"{PREFIX}/health/live"

    def __init__(self, project: Project, command: list[str], probe_status: int = 200, **variables: str) -> None:
        self._project = project
        self.folder = project.folder
        self.probe_status = probe_status
        super().__init__(command, **variables)

    def environment(self, **variables: str) -> dict[str, str]:
        return self._project.environment(**variables)

    def reload(self) -> None:
        """Has gunicorn replace its workers."""
        self.process.send_signal(signal.SIGHUP)


class User:
    """Somebody with a browser: cookies, and the CSRF token from one of them."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}
        self.request("GET", "/admin/login/")
        form = {"username": name, "password": name, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        self.request(
            "POST", "/admin/login/", urlencode(form).encode(), Content_Type="application/x-www-form-urlencoded"
        )
        assert "sessionid" in self.cookies

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self.client.request(method, path, body, Cookie=cookies, **headers)
        for header in reply.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return reply

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        return self.request("POST", f"{PREFIX}{path}", body, X_CSRFToken=self.cookies["csrftoken"], **headers)

    def say(self, text: str, **fields: Any) -> Reply:
        return self.post("/assistant", {"commands": [message(text)], **fields})

    def upload(self, content: bytes) -> Reply:
        """Sends a file to the project's own view, as a form does."""
        token = self.cookies["csrftoken"].encode()
        body = (
            b'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + token + b"\r\n"
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + content + b"\r\n--b--\r\n"
        )
        return self.request("POST", "/upload", body, Content_Type="multipart/form-data; boundary=b")
