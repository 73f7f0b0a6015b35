"""The ASGI server's side: uvicorn that drains, its bounded HTTP protocol, gunicorn's worker class."""
