"""A local web page with the controls of a model.

This module has the content of the page: functions of a model and plain
settings, which return uint8 pictures `(height, width, 3)`. `serve` shows them
in the browser with Streamlit, an extra, which runs the script `explorer_page`.
Streamlit includes its scripts and fonts, so the page needs no network.
"""

import importlib.util
import pathlib
import socket
import threading
import typing
import weakref

import numpy as np

from keras_gan_zoo import control
from keras_gan_zoo.control import directions, picture_files, project_files
from keras_gan_zoo.modalities import pictures

__all__ = [
    "editing",
    "images",
    "interpolation",
    "serve",
    "styles",
    "translation",
]

ADDRESS = "127.0.0.1"


# ------------------------------------------------------------- the pictures


def images(
    gan,
    num_images=16,
    seed=0,
    moves=(),
    labels=(),
    truncation=None,
    **condition,
):
    """Makes a grid of images.

    Args:
        gan: a latent model.
        num_images: int, number of images.
        seed: int, seed of the latents, and of codes that are not given.
        moves: sequence of floats, how far the latents are moved along each of
            the `directions.principal`, in standard deviations of the prior.
            The directions are computed once for a model.
        labels: sequence of ints, classes of the images in turn; empty for
            all classes.
        truncation: float or None, as in `gan.generate`. The latents are moved
            after they are drawn.
        **condition: `codes` or `resolution` of `gan.generate`.

    Raises:
        ValueError: if the model has no such class, code or resolution.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> images(gan, num_images=4).shape
    (17, 17, 3)
    """
    made = gan.generate(
        num_images,
        latents=_latents(gan, num_images, seed, moves, truncation),
        seed=seed,
        **_in_turn(labels, num_images),
        **condition,
    )
    return gan.sample.preview(made)


def interpolation(
    gan,
    rows=4,
    columns=9,
    seeds=(0, 1),
    mode="spherical",
    moves=(),
    labels=(),
    truncation=None,
    **condition,
):
    """Makes rows of images between the images of two seeds.

    Args:
        gan: a latent model.
        rows: int, number of interpolations.
        columns: int, number of images of a row, including both ends.
        seeds: two ints, seeds of the latents at both ends. The first is also
            the seed of codes that are not given.
        mode: `"spherical"` or `"linear"`, see `control.interpolate`.
        moves: sequence of floats, as for `images`.
        labels: sequence of ints, a class for each row; empty for all classes.
        truncation: float or None, as for `images`.
        **condition: `codes` or `resolution` of `gan.generate`.

    Raises:
        ValueError: as for `images`, or if the mode is unknown.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> interpolation(gan, rows=2, columns=3).shape
    (17, 26, 3)
    """
    ends = [_latents(gan, rows, seed, moves, truncation) for seed in seeds]
    made = control.interpolate(
        gan,
        rows,
        columns,
        mode,
        seeds[0],
        ends,
        **_in_turn(labels, rows),
        **condition,
    )
    return control.picture(made)


def styles(
    gan, layers, rows=4, columns=6, seed=0, labels=(), truncation_psi=None
):
    """Crosses images: some layers take their styles from the columns.

    Args:
        gan: a model with styles, such as `StyleGAN2`.
        layers: two ints, the first and the last of these layers. 0 is the
            coarsest.
        rows: int, number of images at the left.
        columns: int, number of images at the top.
        seed: int, seed of the latents.
        labels: sequence of ints, the class of all images; empty for the first
            classes in turn.
        truncation_psi: float or None, as in `gan.generate`.

    Raises:
        ValueError: if the model has no styles, or several classes are given.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.StyleGAN2(
    ...     (8, 8, 1), latent_dim=8, style_dim=8, channel_max=8
    ... )
    >>> styles(gan, (0, 1), rows=2, columns=3).shape
    (26, 35, 3)
    """
    if len(labels) > 1:
        raise ValueError(
            "Mixed images have one class. Expected one class or none. "
            f"Received: {len(labels)} classes."
        )
    first, last = layers
    made = control.style_grid(
        gan,
        range(first, last + 1),
        rows,
        columns,
        seed,
        labels[0] if len(labels) else None,
        truncation_psi,
    )
    return control.picture(made)


def editing(gan, file=None, seed=0, steps=200, moves=(), labels=(), codes=None):
    """Projects a picture, moves it along directions, and blends it back.

    Args:
        gan: a model that makes images from latents.
        file: path of a picture, or the open file. None takes a sample.
        seed: int, seed of the sample.
        steps: int, steps of the search. What was found for the last picture
            of a model is kept.
        moves: sequence of floats, as for `images`.
        labels: sequence of ints, whose first is the class of the picture;
            empty to find it.
        codes: dict of the codes of the picture, or None to find them.

    Returns:
        The picture, what the model found for it, and the changed picture,
        side by side.

    Raises:
        ValueError: if the model does not make images from latents, or the
            file is not a picture.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> editing(gan, steps=2, moves=[1.5]).shape
    (8, 26, 3)
    """
    if file is None:
        project_files.check_latent(gan)
        given = gan.generate(1, seed=seed)
    else:
        given = project_files.read(gan, file)
    label = labels[0] if len(labels) else None
    found = _projection(gan, given, steps, label, codes)
    move = 0
    if any(moves):
        move = np.asarray(moves, "float32") @ _directions(gan, len(moves))
    changed = control.edit(gan, given, found, move)
    shown = np.concatenate([given, found.images, changed])
    return pictures.grid(shown, columns=3)


def translation(gan, file, longest=None, **kwargs):
    """Translates a picture and returns it with its translation.

    The EXIF orientation is applied. Transparent pixels become white.

    Args:
        gan: a model with `translate`.
        file: path of a picture, or the open file.
        longest: int, in pixels. A picture with a longer height or width is
            shrunk first. None: pictures keep their size.
        **kwargs: arguments of `gan.translate`.

    Returns:
        Two pictures of the same height and width: the input and its
        translation.

    Raises:
        ValueError: if the file is not a picture.

    Example:

    >>> import io
    >>> import keras_gan_zoo as kgz
    >>> from PIL import Image
    >>> gan = kgz.from_preset("cyclegan_emoji_64")
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (64, 48)).save(file, "png")
    >>> before, after = translation(gan, file, longest=32)
    >>> before.shape, after.shape
    ((24, 32, 3), (24, 32, 3))
    """
    picture = pictures.read(file)
    sides = picture.shape[:2]
    scale = 1 if longest is None else min(1, longest / max(sides))
    sides = [max(1, round(side * scale)) for side in sides]
    picture = pictures.resized(picture, sides, gan.input_channels(**kwargs))
    translated = picture_files.translate_picture(gan, picture, **kwargs)
    return np.broadcast_to(picture, (*sides, 3)), translated


def _latents(gan, num, seed, moves, truncation):
    """Returns the latents that `gan.generate` draws with this seed, moved."""
    latents = gan.given_or_drawn(num, None, seed, truncation)
    if not any(moves):
        return latents
    moves = np.asarray(moves, "float32")
    return latents + moves @ _directions(gan, len(moves))


# The search takes seconds, and the page asks again at every change. A model
# that nobody else uses goes, and its directions with it.
_found = weakref.WeakKeyDictionary()


def _directions(gan, num):
    known = _found.setdefault(gan, {})
    if num not in known:
        known[num] = directions.principal(gan, num)
    return known[num]


# As above: the search for latents is repeated for another picture only.
_projected = weakref.WeakKeyDictionary()


def _projection(gan, given, steps, label, codes):
    key = given.tobytes(), steps, label, repr(codes)
    known, found = _projected.get(gan, (None, None))
    if known != key:
        found = control.project(
            gan,
            given,
            labels=label,
            codes=codes,
            space="z",  # that of the directions
            steps=steps,
            verbose=0,
        )
        _projected[gan] = key, found
    return found


def _in_turn(labels, num):
    return {"labels": np.resize(labels, num)} if len(labels) else {}


# ----------------------------------------------------------------- the page


class Served(typing.NamedTuple):
    """The arguments of `explorer_page.page`."""

    gan: typing.Any
    name: str
    lock: threading.Lock


# Streamlit runs the page as a script, which takes only text.
_served = None


def served():
    """Returns the arguments of `serve`, for the page."""
    return _served


def serve(gan, name="model", port=8501, browser=True):
    """Shows a model on a local web page, until Ctrl-C.

    The page is visible on this machine only and needs no network.

    Args:
        gan: a model of keras_gan_zoo.
        name: string, name of the model on the page and of saved pictures.
        port: int, port on 127.0.0.1; 0 for any free port.
        browser: bool, whether to open the page in the browser, if there is a
            display.

    Raises:
        ImportError: if Streamlit is not installed.
        ValueError: if the port is taken.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> serve(gan)  # doctest: +SKIP
    """
    global _served
    check_installed()
    from streamlit.web import cli

    port = _free(port)
    _served = Served(gan, name, threading.Lock())
    page = pathlib.Path(__file__).with_name("explorer_page.py")
    options = {
        "server.address": ADDRESS,
        "server.port": port,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": True,
    }
    if not browser:  # otherwise Streamlit checks if there is a display
        options["server.headless"] = True
    flags = [f"--{key}={str(value).lower()}" for key, value in options.items()]
    print(f"http://{ADDRESS}:{port} shows {name}. Ctrl-C ends it.", flush=True)
    cli.main(["run", str(page), *flags], standalone_mode=False)


def check_installed():
    """Raises an ImportError if the library of the page is missing."""
    if importlib.util.find_spec("streamlit") is None:
        raise ImportError(
            "The explorer's page needs Streamlit, which is not installed. "
            'Install it: pip install "keras_gan_zoo[explore]".'
        )


def _free(port):
    """Returns the port if it is free; a free one for 0."""
    with socket.socket() as probe:
        # Like the server: ports that were used a minute ago are free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except (OSError, OverflowError) as error:
            raise ValueError(
                "Expected a free port, from 1 to 65535, or 0 for any. "
                f"Received: port={port}: {error}. Is another explorer open?"
            ) from error
        return probe.getsockname()[1]
