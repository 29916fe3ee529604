"""Videos of a walk through the latents that ends where it began."""

import math
import pathlib

import numpy as np
from PIL import Image as PILImage

from keras_gan_zoo.families import priors
from keras_gan_zoo.files import atomic
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.modalities import Image, pictures

#: A smaller picture is enlarged by a whole factor.
MIN_SIDE = 256


def looping_latents(gan, num, frames, turns=3, seed=0):
    """Returns latents that move smoothly, and come back to their start.

    Each number of a latent is a random sum of `turns` waves over the whole
    video. So the latents of every single frame have the distribution of the
    prior, unlike means of latents, and nothing jumps from the last frame to
    the first.

    Args:
        gan: a latent model.
        num: int, number of latents that move at the same time.
        frames: int, number of frames. The path does not depend on it.
        turns: int, number of waves. More waves move faster.
        seed: int, seed of the path.

    Returns:
        Float array `(frames, num, latent_dim)`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> looping_latents(gan, num=2, frames=12).shape
    (12, 2, 5)
    """
    rng = np.random.default_rng(seed)
    waves = rng.standard_normal((2, turns, num, gan.latent_dim))
    times = 2 * math.pi * np.arange(frames) / frames
    angles = np.outer(times, np.arange(1, turns + 1))
    found = np.einsum("ft,tnd->fnd", np.cos(angles), waves[0])
    found += np.einsum("ft,tnd->fnd", np.sin(angles), waves[1])
    found /= math.sqrt(turns)  # of variance 1
    if gan.prior == priors.UNIFORM:
        found = np.vectorize(math.erf)(found / math.sqrt(2))
    return found.astype("float32")


def loop(gan, num=9, frames=120, turns=3, seed=0, gap=1, **condition):
    """Makes the frames of a video: images that change smoothly, in a loop.

    Args:
        gan: a latent model of images.
        num: int, number of images side by side.
        frames: int, number of frames.
        turns: int, as in `looping_latents`.
        seed: int, seed of the path and of all that is not given.
        gap: int, white pixels between neighboring images.
        **condition: further arguments of `gan.generate`, such as `labels` or
            `truncation_psi`.

    Returns:
        Iterator over uint8 arrays `(picture height, picture width, 3)`.

    Raises:
        ValueError: if the model does not make images from latents.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> [frame.shape for frame in loop(gan, num=4, frames=2, gap=0)]
    [(16, 16, 3), (16, 16, 3)]
    """
    if not isinstance(getattr(gan, "sample", None), Image):
        raise ValueError(
            "A video shows images that change with their latents. Expected a "
            "model that makes images from latents. Received: "
            f"{type(gan).__name__}."
        )
    latents = looping_latents(gan, num, frames, turns, seed)
    return _frames(gan, latents, seed, gap, condition)


def _frames(gan, latents, seed, gap, condition):
    num = latents.shape[1]
    columns = math.ceil(math.sqrt(num))
    for places in latents:
        images = gan.generate(num, latents=places, seed=seed, **condition)
        yield pictures.grid(images, columns=columns, gap=gap)


def save_video(path, frames, fps=20, min_side=MIN_SIDE):
    """Writes frames to a video that starts again at its end, atomically.

    Args:
        path: file name that ends in `.gif`, `.webp` or `.mp4`. The last needs
            the package imageio-ffmpeg.
        frames: iterable of uint8 arrays `(height, width, 3)` of one shape.
        fps: int, frames per second. GIF knows only 100, 50, 33, 25, 20, ...
        min_side: int, pixels. Smaller frames are enlarged by a whole factor.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        ValueError: if the ending is another one, or there are no frames.
        ImportError: if the package for `.mp4` is missing.

    Example:

    >>> import tempfile
    >>> frames = [np.full((8, 8, 3), grey, "uint8") for grey in (0, 100, 200)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_video(f"{folder}/loop.gif", frames, min_side=8)
    ...     with PILImage.open(path) as video:
    ...         video.n_frames, video.info["duration"]
    (3, 50)
    """
    path = pathlib.Path(path)
    write = writer(path)
    large = [_enlarged(frame, min_side) for frame in frames]
    if not large:
        raise ValueError("Expected frames of a video. Received: none.")
    atomic.write_atomically(path, lambda file: write(file, large, fps))
    return path


def writer(path):
    """Returns the function that writes files with the ending of `path`.

    It takes a path, a list of frames and the frames per second. Call it before
    a long computation: it raises the errors of `save_video`.

    Args:
        path: file name.

    Example:

    >>> writer("out.avi")
    Traceback (most recent call last):
    ValueError: Unknown ending of a video: '.avi'. ...
    """
    ending = pathlib.Path(path).suffix.lower()
    write = look_up(ending, WRITERS, "ending of a video")
    if ending == ".mp4":
        _ffmpeg()
    return write


def _enlarged(frame, min_side):
    factor = max(1, math.ceil(min_side / max(frame.shape[:2])))
    return frame.repeat(factor, axis=0).repeat(factor, axis=1)


def _write_animation(path, frames, fps):
    first, *others = map(PILImage.fromarray, frames)
    first.save(
        path,
        save_all=True,
        append_images=others,
        duration=round(1000 / fps),
        loop=0,
    )


def _write_mp4(path, frames, fps):
    height, width = frames[0].shape[:2]
    # The format has even sides only.
    more = ((0, height % 2), (0, width % 2), (0, 0))
    size = (width + width % 2, height + height % 2)
    video = _ffmpeg().write_frames(
        str(path), size, fps=fps, quality=8, macro_block_size=2
    )
    video.send(None)
    for frame in frames:
        video.send(np.pad(frame, more, mode="edge").tobytes())
    video.close()


def _ffmpeg():
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ImportError(
            "A video in the format .mp4 is written by another program. "
            "Expected the package imageio-ffmpeg. Received: none. Install it "
            'with pip install "keras-gan-zoo[video]", or write a .gif.'
        ) from None
    return imageio_ffmpeg


WRITERS = {
    ".gif": _write_animation,
    ".webp": _write_animation,
    ".mp4": _write_mp4,
}
