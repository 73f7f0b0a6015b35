"""Generates image files to attach."""

import random
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload


def picture(name: str = "red.png", size: tuple[int, int] = (40, 30), colour: str = "red") -> FilePayload:
    return _file(name, Image.new("RGB", size, colour), "PNG")


def photo(name: str = "photo.jpg", size: tuple[int, int] = (4000, 3000)) -> FilePayload:
    """A large photo, like a camera's: smooth with some grain, several MB."""
    smooth = Image.radial_gradient("L").resize(size)
    grain = Image.blend(smooth, Image.effect_noise(size, 20), 0.3)
    return _file(name, Image.merge("RGB", (smooth, grain, smooth)), "JPEG", quality=95)


def noise(name: str, bytes_about: int) -> FilePayload:
    """Noise, which does not compress."""
    side = int((bytes_about / 3) ** 0.5)
    pixels = random.Random(0).randbytes(side * side * 3)
    return _file(name, Image.frombytes("RGB", (side, side), pixels), "PNG")


def _file(name: str, image: Image.Image, kind: str, **options: int) -> FilePayload:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": buffer.getvalue()}
