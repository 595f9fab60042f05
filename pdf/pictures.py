"""A picture made anew from its dots alone: no place, no device, no name stays in it (SECURITY contract 18). Runs in a
worker process only, within its limits; Pillow is imported nowhere else."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

MOST_DOTS = 40_000_000
"""Width times height: a phone's largest picture, and no bomb."""
LONGEST = 2_400
"""Dots of the longer side that are kept: enough to read a page of print."""
QUALITY = 82


def picture(content: bytes) -> bytes:
    """JPEG or PNG as it came, turned upright, at most LONGEST on its longer side. Raises ValueError for anything else."""
    Image.MAX_IMAGE_PIXELS = MOST_DOTS
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > MOST_DOTS:
            raise ValueError("too many dots")
        kind = opened.format
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONGEST, LONGEST))
        made = Image.new("RGB", upright.size, "white")
        made.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    out = BytesIO()
    made.save(out, kind, **({"quality": QUALITY} if kind == "JPEG" else {"optimize": True}))
    return out.getvalue()
