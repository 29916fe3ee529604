"""Translates or restores picture files: one, or all in a folder."""

import pathlib

import numpy as np
import tqdm

from keras_gan_zoo.data import folder
from keras_gan_zoo.modalities import mask, pictures

ROWS = 512  # of a picture that become 8-bit numbers at a time


def translate(gan, source, target, overwrite=False, masks=None, **kwargs):
    """Translates a picture, or each picture of a folder, into files.

    Models with `restore` restore them. Pictures keep their size, or become
    larger by the scale of a model for super-resolution. The files of a folder
    keep their names and subfolders. The EXIF orientation is applied.
    Transparent pixels become white.

    Args:
        gan: a model with `translate` or `restore`.
        source: path of a picture file or a folder.
        target: path of the file or the folder to write.
        overwrite: bool, whether existing files may be replaced.
        masks: function that `mask_reader` makes, for models that fill holes.
            None for their usual hole, and for other models.
        **kwargs: arguments of `translate` or `restore`, such as `seed` or
            `tile`.

    Returns:
        List of sentences, one for each file that could not be read.

    Raises:
        ValueError: if `source` is empty or files would be replaced.

    Example:

    >>> import tempfile
    >>> from PIL import Image
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.Pix2Pix((16, 16, 3), filters=4, patch=16)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (16, 16)).save(f"{folder}/a.png")
    ...     skipped = translate(gan, f"{folder}/a.png", f"{folder}/b.png")
    ...     pictures.read(f"{folder}/b.png").shape
    (16, 16, 3)
    """
    source, target = pathlib.Path(source), pathlib.Path(target)
    if source.is_dir():
        files = folder.find(source)
        jobs = [(file, target / file.relative_to(source)) for file in files]
    else:
        if target.is_dir():
            target = target / source.name
        jobs = [(source, target)]
    jobs = [(file, pictures.file(path)) for file, path in jobs]
    taken = [str(path) for _, path in jobs if path.exists()]
    if taken and not overwrite:
        raise ValueError(
            "Expected new files, or --overwrite (overwrite=True). Received: "
            f"{len(taken)} that exist, among them {', '.join(taken[:3])}."
        )
    channels = gan.input_channels(**kwargs)
    skipped = []
    for file, path in tqdm.tqdm(jobs, unit="picture", disable=len(jobs) == 1):
        try:
            picture = pictures.read(file, channels=channels)
            if masks is not None:
                kwargs["masks"] = masks(file)
        except ValueError as error:
            skipped.append(str(error))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        result = translate_picture(gan, picture, **kwargs)
        pictures.save(path, result, min_side=1)
    return skipped


def mask_reader(picture=None, color=None):
    """Makes a function that finds the holes of a picture file.

    Args:
        picture: path of a picture of the same size whose white pixels are
            missing, the mask of every file. Or None.
        color: string `"#rrggbb"`, in which the holes of each file are
            painted. Or None.

    Returns:
        Function from a path to a mask `(height, width, 1)` of zeros and
        ones. None without both.

    Raises:
        ValueError: if both are given, or the mask cannot be read.

    Example:

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (9, 8), "#ff00ff").save(f"{folder}/a.png")
    ...     mask_reader(color="#ff00ff")(f"{folder}/a.png").shape
    (8, 9, 1)
    """
    if picture is not None and color is not None:
        raise ValueError(
            "The holes are known from a mask or from a color. Expected one "
            f"of both. Received: mask {picture} and color {color}."
        )
    if color is not None:
        return lambda path: mask.painted(pictures.read(path), color)
    if picture is not None:
        found = mask.white(pictures.read(picture, channels=1))
        return lambda path: found
    return None


def translate_picture(gan, picture, **kwargs):
    """Translates or restores one picture.

    Args:
        gan: a model with `translate` or `restore`.
        picture: uint8 array `(height, width, channels)`, e.g. from
            `pictures.read`, with the number of channels `gan.input_channels`.
        **kwargs: arguments of `translate` or `restore`, such as `seed` or
            `tile`.

    Returns:
        uint8 array `(height, width, 3)`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.Pix2Pix((16, 16, 3), filters=4, patch=16)
    >>> translate_picture(gan, np.zeros((16, 16, 3), "uint8")).shape
    (16, 16, 3)
    """
    images = picture[np.newaxis].astype("float32") / 127.5 - 1
    result = getattr(gan, gan.verb)(images, **kwargs)
    # A few rows at a time: large pictures need much memory as floats.
    parts = [
        pictures.grid(result[:, top : top + ROWS])
        for top in range(0, result.shape[1], ROWS)
    ]
    return np.concatenate(parts)
