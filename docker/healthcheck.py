"""The image's HEALTHCHECK: exits 0 if this container accepts new runs. In Python, since the image has no curl."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def ready(address: str) -> bool:
    connection = HTTPConnection(address, int(os.environ.get("PORT") or 8002), timeout=3)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if ready("127.0.0.1") or ready("::1") else 1)  # HOST may be an IPv6 address
