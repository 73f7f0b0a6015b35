"""What this project adds to the template: docs/own.md."""

from assistant_backend.variables import Variable

# Django apps, folders of src: ["orders"]. `make new APP=orders` makes one and adds it here.
APPS: list[str] = []

# Their routes, by prefix: {"orders/": "orders.urls"}
ROUTES: dict[str, str] = {}

# Django's admin at /admin, with users and sessions; it needs DATABASE_URL and SECRET_KEY: docs/data.md#the-admin
ADMIN = False

# Settings of your own, from the environment: with Variable("GREETING", "Hello"), django.conf.settings has GREETING.
VARIABLES: tuple[Variable, ...] = ()
