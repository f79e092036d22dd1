"""Makes a photo sent by anyone safe to keep: believed by content only, redrawn, stripped, bounded.

Nothing of the original file survives but its pixels. Whatever goes wrong ends in a Refusal: the
original is never kept in place of the cleaned photo. Meant to run in a worker process.
"""

import asyncio
import hashlib
import math
import multiprocessing
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.errors import Refusal

MAX_BYTES = 20 * 1024 * 1024
"""What a bot may download (Bot API, getFile)."""
MAX_PIXELS = 65_000_000
"""The largest photo of a "64 megapixel" phone is 9280 x 6944, 64.4 million."""
MAX_DECODING = 256 * 1024 * 1024
"""Bytes that decoding may take: rare kinds of file are refused below MAX_PIXELS."""
LONGEST_SIDE = 2048
THUMBNAIL_SIDE = 320
QUALITY = 85
WORKER_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space of a worker made by `make_pool`."""

_SOUTH, _WEST = "S", "W"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
)
_PIXEL_IN_MEMORY = {"1": 1, "L": 1, "RGB": 4}
_PIXEL_OF_OTHER_MODES = 9  # alpha and palettes: the image itself and one or two copies
_PIXEL_OF_WEBP = 16  # measured: libwebp's canvases and Pillow's copies of them


class Kind(StrEnum):
    """The kinds of picture that are accepted."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True)
class OfferedPlace:
    """Where the camera says it stood, in WGS-84 degrees: an offer that the sender must accept."""

    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class CleanPhoto:
    """A JPEG of at most 2048 pixels without metadata, its thumbnail, and the names of both."""

    sha256: str
    data: bytes
    width: int
    height: int
    thumbnail_sha256: str
    thumbnail: bytes
    offered_place: OfferedPlace | None


# -- before decoding ----------------------------------------------------------------------------


def inspect(data: bytes) -> Kind:
    """What kind of picture `data` is, by content; reads headers only.

    Raises Refusal: photos.too_large (limit_mb), photos.heic, photos.not_a_picture (kind: pdf, zip,
    html, svg, gif, video, animation, empty or unknown), photos.too_many_pixels (megapixels,
    limit), photos.damaged.
    """
    kind = _sniff(data)
    try:
        if kind is Kind.WEBP:
            _check_webp(data)
        else:
            _check_header(_open(data, kind))
    except Refusal:
        raise
    except Exception as error:
        raise Refusal("photos.damaged") from error
    return kind


def _sniff(data: bytes) -> Kind:
    if len(data) > MAX_BYTES:
        raise Refusal("photos.too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise Refusal("photos.heic")
    raise Refusal("photos.not_a_picture", kind=_other_kind(data))


def _other_kind(data: bytes) -> str:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    marks = {
        "gif": start.startswith(b"gif8"),
        "pdf": b"%pdf-" in start,
        "zip": start.startswith(b"pk\x03\x04"),
        "svg": b"<svg" in start,
        "html": start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")),
        "video": data[4:8] == b"ftyp" or data.startswith(b"\x1a\x45\xdf\xa3"),
        "empty": not data,
    }
    return next((kind for kind, is_it in marks.items() if is_it), "unknown")


def _open(data: bytes, kind: Kind) -> Image.Image:
    """The header, read by the one reader of this kind: no other format is ever tried."""
    readers: dict[Kind, Callable[[BytesIO], Image.Image]] = {
        Kind.JPEG: JpegImageFile,
        Kind.PNG: PngImageFile,
        Kind.WEBP: WebPImageFile,
    }
    return readers[kind](BytesIO(data))


def _check_header(image: Image.Image) -> None:
    if not isinstance(image, JpegImageFile):
        if getattr(image, "is_animated", False):
            raise Refusal("photos.not_a_picture", kind="animation")
        _check_pixels(image.size, _PIXEL_IN_MEMORY.get(image.mode, _PIXEL_OF_OTHER_MODES))
    elif image.info.get("progressive"):
        _check_pixels(image.size, _progressive_pixel(image))
    else:
        _check_pixels(image.size, 1)  # shrunk while it is decoded


def _progressive_pixel(image: JpegImageFile) -> float:
    """Bytes per pixel: libjpeg holds every coefficient, two bytes each, before the first row."""
    samples = [layer[1] * layer[2] for layer in image.layer]
    return 2 * sum(samples) / max(samples)


def _check_pixels(size: tuple[int, int], bytes_per_pixel: float) -> None:
    pixels, limit = size[0] * size[1], min(MAX_PIXELS, int(MAX_DECODING / bytes_per_pixel))
    if pixels > limit:
        raise Refusal(
            "photos.too_many_pixels",
            megapixels=math.ceil(pixels / 1e6),
            limit=int(limit / 1e6),
        )
    if not pixels:
        raise Refusal("photos.damaged")


def _check_webp(data: bytes) -> None:
    """By hand, because Pillow's reader makes room for the whole picture when it is opened.

    https://developers.google.com/speed/webp/docs/riff_container
    """
    chunk = data[12:16]
    if chunk == b"VP8X":
        if data[20] & 0x02:
            raise Refusal("photos.not_a_picture", kind="animation")
        size = _little(data[24:27], 24) + 1, _little(data[27:30], 24) + 1
    elif chunk == b"VP8L":
        bits = _little(data[21:25], 28)
        size = (bits & 0x3FFF) + 1, (bits >> 14) + 1
    elif chunk == b"VP8 ":
        size = _little(data[26:28], 14), _little(data[28:30], 14)
    else:
        raise Refusal("photos.damaged")
    _check_pixels(size, _PIXEL_OF_WEBP)


def _little(raw: bytes, bits: int) -> int:
    return int.from_bytes(raw, "little") & ((1 << bits) - 1)


# -- decoding and redrawing ---------------------------------------------------------------------


def clean(data: bytes) -> CleanPhoto:
    """The photo redrawn: turned upright, RGB, at most 2048 pixels, JPEG without metadata.

    Raises what `inspect` raises, and Refusal("photos.damaged") for whatever cannot be decoded.
    """
    kind = inspect(data)
    try:
        return _redraw(_open(data, kind))
    except Exception as error:
        raise Refusal("photos.damaged") from error


def _redraw(image: Image.Image) -> CleanPhoto:
    scale = LONGEST_SIDE / max(image.size)
    if scale < 1:
        image.draft("RGB", (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image.load()
    place, turn = _place(image), _turn(image)  # resizing forgets the metadata
    picture = _flat(_fit(image, LONGEST_SIDE))
    if turn is not None:
        picture = picture.transpose(turn)
    photo, thumbnail = _jpeg(picture), _jpeg(_fit(picture, THUMBNAIL_SIDE))
    return CleanPhoto(
        sha256=hashlib.sha256(photo).hexdigest(),
        data=photo,
        width=picture.width,
        height=picture.height,
        thumbnail_sha256=hashlib.sha256(thumbnail).hexdigest(),
        thumbnail=thumbnail,
        offered_place=place,
    )


def _fit(image: Image.Image, side: int) -> Image.Image:
    if image.mode not in {"L", "RGB", "RGBA"}:
        image = _plain_mode(image)
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _plain_mode(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if "A" in image.mode or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to turn it upright; damaged metadata must not cost anyone the photo."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None


def _flat(image: Image.Image) -> Image.Image:
    """RGB, with white where the picture is transparent."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return flat


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def _place(image: Image.Image) -> OfferedPlace | None:
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[2]) * (-1 if gps.get(1) == _SOUTH else 1)
        longitude = _degrees(gps[4]) * (-1 if gps.get(3) == _WEST else 1)
    except Exception:
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # NaN is not
    without_fix = latitude == 0 and longitude == 0
    return OfferedPlace(latitude, longitude) if on_earth and not without_fix else None


def _degrees(parts: tuple[float, float, float]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return round(degrees + minutes / 60 + seconds / 3600, 6)


# -- in a worker process ------------------------------------------------------------------------


def make_pool(workers: int = 1) -> ProcessPoolExecutor:
    """Worker processes for `clean_in_worker`, each bounded in memory and replaced now and then."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_bound_worker,
        max_tasks_per_child=200,
    )


def _bound_worker() -> None:
    import resource  # not on every system that may import this module

    resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, WORKER_MEMORY))
    warnings.simplefilter("ignore")


async def clean_in_worker(
    data: bytes, pool: ProcessPoolExecutor, *, seconds: float = 30.0
) -> CleanPhoto:
    """`clean` off the event loop; a photo that takes over `seconds` is refused as damaged.

    Raises BrokenProcessPool when the worker itself died: make a new pool and try again later.
    """
    _sniff(data)  # what is no photo at all is answered at once and never crosses over
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, _clean_within, data, seconds)


def _clean_within(data: bytes, seconds: float) -> CleanPhoto:
    """`clean` under an alarm clock: the worker frees itself, no process is left behind."""
    import signal

    def too_slow(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return clean(data)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
