"""Images that users send: the kinds that every provider knows, no larger than allowed, from nowhere unexpected."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass

from assistant_transport.conf import settings

_DATA_URL = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,")
# What the file itself says it is; a name alone would let anything through, SVG with its scripts too.
_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}


@dataclass(frozen=True)
class Image:
    """An image that a model may be sent: `url` is a data URL, whose kind and base64 stand beside it, or an address."""

    url: str
    media_type: str | None = None
    data: str | None = None


def read(url: str) -> Image:
    """The image at `url`, a data URL or an address.

    Raises:
        ValueError: it is not allowed; the text says why.
    """
    if re.match(r"https://[^\s/@]+(/\S*)?\Z", url) and settings.ALLOW_IMAGE_URLS:
        return Image(url)
    found = _DATA_URL.match(url)
    if found is None:
        addresses = " or an https address" if settings.ALLOW_IMAGE_URLS else ""
        raise ValueError(f"an image must be a data URL of image/png, image/jpeg, image/gif or image/webp{addresses}")
    if (len(url) - found.end()) * 3 // 4 > settings.MAX_IMAGE_BYTES + 2:
        raise ValueError(f"an image must not be larger than {settings.MAX_IMAGE_BYTES} bytes")
    try:
        data = b64decode(url[found.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("an image's data URL is not valid base64") from None
    if len(data) > settings.MAX_IMAGE_BYTES:
        raise ValueError(f"an image must not be larger than {settings.MAX_IMAGE_BYTES} bytes")
    if not _MAGIC[found[1]].match(data):
        raise ValueError(f"an image is not the {found[1]} that it is said to be")
    return Image(url, found[1], url[found.end() :])
