"""The template's own site: settings from the environment, routes, the page, the ASGI application."""
