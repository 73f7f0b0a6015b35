"""What this project adds to the template. Later versions of the template leave this file as it is: docs/own.md."""

# Django apps, folders of src: ["orders"]. `make new APP=orders` makes one and adds it here.
APPS: list[str] = []

# Their routes, by prefix: {"orders/": "orders.urls"}
ROUTES: dict[str, str] = {}
