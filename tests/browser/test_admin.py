"""A person signs in to the admin of a company's own project, under the page's Content-Security-Policy."""

from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, expect

from tests.test_company import ADMIN, PROJECT, Company


def complain(refused: list[str], line: ConsoleMessage) -> None:
    url = line.location["url"]
    if line.type == "error" and not url.endswith("/favicon.ico"):
        refused.append(f"{line.text} {url}")


def test_a_person_signs_in_and_adds_an_item(context: BrowserContext, tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.run("make", "new", "APP=orders")
    company.replace(PROJECT, "ADMIN = False", "ADMIN = True")
    for command in ("migrate", "createsuperuser --no-input"):
        company.run("python", "manage.py", *command.split(), **ADMIN)
    server = company.serve(**ADMIN)
    try:
        page = context.new_page()
        refused: list[str] = []  # what the browser complains of; not of the icon that the admin has not
        page.on("console", lambda line: complain(refused, line))
        page.goto(f"http://{server.host}:{server.port}/admin")
        page.get_by_label("Username").fill("carol")
        page.get_by_label("Password").fill(ADMIN["DJANGO_SUPERUSER_PASSWORD"])
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("link", name="Items", exact=True).first.click()
        page.get_by_role("link", name="Add item").click()
        page.get_by_label("Owner").fill("me")
        page.get_by_label("Text").fill("a red hat")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was added successfully")).to_be_visible()
        assert not refused
    finally:
        server.stop()
