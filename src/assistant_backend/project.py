"""What this project adds to the template. Later versions of the template leave this file as it is: docs/own.md."""

from assistant_backend.variables import Variable

# Django apps, folders of src: ["orders"]. `make new APP=orders` makes one and adds it here.
APPS: list[str] = []

# Their routes, by prefix: {"orders/": "orders.urls"}
ROUTES: dict[str, str] = {}

# Settings of your own, from the environment: with Variable("GREETING", "Hello"), django.conf.settings has GREETING.
VARIABLES: tuple[Variable, ...] = ()
