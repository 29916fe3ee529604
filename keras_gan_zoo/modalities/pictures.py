"""Pictures in files and images in [-1, 1]: reading, grids, animations."""

import contextlib
import io
import math
import pathlib
import time

import numpy as np
from PIL import Image, ImageOps

from keras_gan_zoo.files import atomic


def read(path, image_size=None, channels=3):
    """Reads one picture as a uint8 array `(height, width, channels)`.

    Args:
        path: path of a file, or an open file, in any format that Pillow
            reads.
        image_size: tuple `(height, width)`, or None for the size of the
            picture. The picture is scaled to cover this size and cropped.
        channels: int, 3 for color, 1 for gray.

    Raises:
        ValueError: if the file is not a picture, is damaged or too large, or
            has pixels of unknown range, such as floats.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("L", (90, 80)).save(f"{folder}/black.png")
    ...     read(f"{folder}/black.png", image_size=(64, 64)).shape
    (64, 64, 3)
    """
    with opened(path) as file:
        image = _in_eight_bits(ImageOps.exif_transpose(file))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        return _fitted(image, image_size, channels)


def check_file(path):
    """Raises a `ValueError` if the header of a file cannot be read.

    Args:
        path: path of the file. The pixels are not decoded.

    Example:

    >>> check_file(__file__)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: Expected a picture that can be read. Received: ...
    """
    with opened(path):
        pass


@contextlib.contextmanager
def opened(path):
    """Opens a picture in a `with` block. All errors name the file.

    Args:
        path: path of a file, or an open file, in any format that Pillow
            reads.

    Yields:
        Pillow image, whose pixels are not decoded yet.

    Raises:
        ValueError: if `read` would refuse the file.

    Example:

    >>> file = io.BytesIO()
    >>> Image.new("L", (9, 8)).save(file, "png")
    >>> with opened(file) as image:
    ...     image.size
    (9, 8)
    """
    # An open file may be one in memory, without a name.
    is_open = hasattr(path, "read")
    name = getattr(path, "name", "an open file") if is_open else path
    try:
        with Image.open(path) as file:
            _check_depth(file)
            yield file
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValueError(
            "Expected a picture of at most "
            f"{Image.MAX_IMAGE_PIXELS:,} pixels. Received: {name}: "
            f"{str(error)[:200]}. Make the picture smaller. If you trust "
            "it, you can raise PIL.Image.MAX_IMAGE_PIXELS."
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(
            f"Expected a picture that can be read. Received: {name}: "
            f"{str(error)[:200]}. Repair or remove the file."
        ) from error


def _check_depth(image):
    # Pillow reads PGM files of more than 8 bits as 32 bits, scaled to 16 bits.
    # Old versions of Pillow read PNG files in this way, too.
    deep = image.mode == "I" and image.format not in ("PPM", "PNG")
    if deep or image.mode == "F":
        raise ValueError(
            "expected 8 or 16 bits for each channel, received 32 bits, whose "
            "value for white is unknown; convert it to 16 bits"
        )


def _in_eight_bits(image):
    """Scales 16-bit gray to 8 bits. Pillow would clip it at 255."""
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    pixels = np.array(image).astype("int64")
    clear = image.info.get("transparency")
    if clear is not None:
        pixels[pixels == clear] = 65535
    return Image.fromarray(((pixels + 128) // 257).astype("uint8"))


def resized(image, image_size, channels=3):
    """Scales an image to cover a size, and crops the middle.

    Args:
        image: uint8 array `(height, width, 3)`.
        image_size: tuple `(height, width)`.
        channels: int, 3 for color, 1 for gray.

    Example:

    >>> resized(np.zeros((80, 90, 3), "uint8"), (64, 32), channels=1).shape
    (64, 32, 1)
    """
    return _fitted(Image.fromarray(image), image_size, channels)


def _fitted(image, image_size, channels):
    image = image.convert("RGB" if channels == 3 else "L")
    if image_size is not None:
        height, width = image_size
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(image).reshape(image.height, image.width, channels)


def check_channels(channels):
    """Raises a `ValueError` unless `channels` is 1 or 3.

    Args:
        channels: int, 3 for color, 1 for gray.

    Example:

    >>> check_channels(4)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: Expected channels=3 (color) or channels=1 (gray). ...
    """
    if channels not in (1, 3):
        raise ValueError(
            "Expected channels=3 (color) or channels=1 (gray). "
            f"Received: channels={channels}"
        )


def upscaled(images, image_size):
    """Enlarges images to a size by repeating pixels.

    Args:
        images: array `(num, height, width, channels)`.
        image_size: tuple `(height, width)`, multiples of the height and
            width of the images.

    Example:

    >>> upscaled(np.zeros((1, 4, 4, 3)), (8, 16)).shape
    (1, 8, 16, 3)
    """
    for axis, side in zip((1, 2), image_size):
        images = images.repeat(side // images.shape[axis], axis)
    return images


def grid(images, columns=None, gap=1):
    """Arranges images in a grid.

    Args:
        images: float array `(num, height, width, channels)` in [-1, 1].
            Channels are shown side by side in gray unless there are one or
            three.
        columns: int, images per row. None makes the grid square.
        gap: int, white pixels between neighbors.

    Returns:
        uint8 array `(grid height, grid width, 3)`.

    Example:

    >>> grid(np.zeros((4, 8, 8, 1)), gap=0).shape
    (16, 16, 3)
    """
    images = np.asarray(images, "float32")
    if images.ndim != 4 or not images.shape[-1]:
        raise ValueError(
            "Expected images of shape (num, height, width, channels). "
            f"Received: images.shape={images.shape}"
        )
    if images.shape[-1] not in (1, 3):
        images = np.concatenate(np.split(images, images.shape[-1], -1), 2)
    num, height, width, _ = images.shape
    columns = columns or math.ceil(math.sqrt(num))
    rows = math.ceil(num / columns)
    # NaN becomes black, so that pictures show a broken model.
    pixels = np.nan_to_num((images + 1) * 127.5, nan=0.0)
    pixels = np.round(np.clip(pixels, 0, 255)).astype("uint8")
    sheet = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, 3),
        255,
        "uint8",
    )
    for index, image in enumerate(pixels):
        top = index // columns * (height + gap)
        left = index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def file(path):
    """Completes the name of a picture file that `save` will write.

    Args:
        path: path of the file, perhaps without an ending.

    Returns:
        `pathlib.Path` with an ending.

    Example:

    >>> file("grid").name
    'grid.png'
    """
    path = pathlib.Path(path).expanduser()
    return path if path.suffix else path.with_suffix(".png")


def save(path, picture, min_side=256):
    """Writes a uint8 array `(height, width, 3)` to a picture file.

    Args:
        path: file name. The ending sets the format, `.png` by default.
        picture: uint8 array `(height, width, 3)`, e.g. from `grid`.
        min_side: int, pixels. Smaller pictures are enlarged by a whole
            factor, without smoothing, so that small images can be seen.

    Returns:
        `pathlib.Path` of the file.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save(f"{folder}/grid", grid(np.zeros((4, 8, 8, 1))))
    ...     file.name, read(file).shape  # 17 pixels, enlarged 16 times
    ('grid.png', (272, 272, 3))
    """
    path = file(path)
    image = _enlarged(Image.fromarray(picture), min_side)
    atomic.write_atomically(path, image.save)
    return path


def encoded(picture, min_side=1):
    """Returns the bytes of a PNG file.

    Args:
        picture: uint8 array `(height, width, 3)`, e.g. from `grid`.
        min_side: int, pixels. Smaller pictures are enlarged by a whole
            factor. By default the picture keeps its size.

    Example:

    >>> encoded(np.zeros((8, 8, 3), "uint8"))[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    _enlarged(Image.fromarray(picture), min_side).save(buffer, "png")
    return buffer.getvalue()


def save_animation(path, files, seconds=8.0):
    """Makes an animated GIF or WebP from picture files.

    Args:
        path: file name that ends in `.gif` or `.webp`.
        files: list of the files of the frames, in order. If there are more
            than 200, 200 evenly spaced files are used.
        seconds: float, length of the animation in seconds, without the extra
            time of the last frame.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = [
    ...         save(f"{folder}/{grey}.png", np.full((8, 8, 3), grey, "uint8"))
    ...         for grey in (0, 100, 200)
    ...     ]
    ...     save_animation(f"{folder}/all.gif", files)
    ...     with Image.open(f"{folder}/all.gif") as animation:
    ...         animation.n_frames
    3
    """
    files = list(files)
    if not files:
        raise ValueError("Expected picture files. Received: none.")
    chosen = np.linspace(0, len(files) - 1, min(len(files), 200))
    frames = []
    for index in chosen.round().astype(int):
        with Image.open(files[index]) as frame:
            frames.append(frame.convert("RGB"))
    times = [max(20, round(1000 * seconds / len(frames)))] * len(frames)
    times[-1] += 2000
    atomic.write_atomically(
        path,
        lambda temporary: frames[0].save(
            temporary,
            save_all=True,
            append_images=frames[1:],
            duration=times,
            loop=0,
        ),
    )


def log_to_tensorboard(directory, name, picture, step):
    """Adds a picture to a folder of TensorBoard logs, on any backend.

    Args:
        directory: path of the folder of logs.
        name: str, tag of the picture.
        picture: uint8 array `(height, width, 3)`.
        step: int, position on the time axis.

    Example:

    >>> import tempfile
    >>> black = np.zeros((8, 8, 3), "uint8")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log_to_tensorboard(folder, "samples", black, step=100)
    ...     [file.suffix for file in pathlib.Path(folder).iterdir()]
    ['.samples']
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    image = Summary.Image(
        height=picture.shape[0],
        width=picture.shape[1],
        colorspace=3,
        encoded_image_string=encoded(picture),
    )
    summary = Summary(value=[Summary.Value(tag=name, image=image)])
    writer = EventFileWriter(str(directory), filename_suffix=f".{name}")
    writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
    writer.close()


def _enlarged(image, min_side):
    factor = math.ceil(min_side / max(image.size))
    if factor <= 1:
        return image
    size = (image.width * factor, image.height * factor)
    return image.resize(size, Image.Resampling.NEAREST)
