"""Projects picture files: one, or all in a folder."""

import pathlib

import numpy as np

from keras_gan_zoo.control.projection import check_latent, project
from keras_gan_zoo.data import folder
from keras_gan_zoo.modalities import pictures


def read(gan, source):
    """Reads pictures in the size of a model's images.

    Pictures are scaled to cover this size and cropped. The EXIF orientation
    is applied. Transparent pixels become white.

    Args:
        gan: a model that makes images from latents.
        source: path of a picture file or a folder, or an open file.

    Returns:
        Float array `(num, height, width, channels)` in [-1, 1].

    Raises:
        ValueError: if the model does not make images from latents, or a file
            is not a picture.

    Example:

    >>> import tempfile
    >>> from PIL import Image
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     Image.new("RGB", (16, 20)).save(f"{place}/a.png")
    ...     read(gan, place).shape
    (1, 8, 8, 1)
    """
    check_latent(gan)
    files = [source]
    if not hasattr(source, "read") and pathlib.Path(source).is_dir():
        files = folder.find(pathlib.Path(source))
    *size, channels = gan.generate(1, seed=0).shape[1:]
    images = [
        pictures.read(file, tuple(size), channels=channels) for file in files
    ]
    return np.stack(images).astype("float32") / 127.5 - 1


def project_files(gan, source, target, overwrite=False, **kwargs):
    """Projects pictures and writes what was found.

    Args:
        gan: a model that makes images from latents.
        source: path of a picture file or a folder.
        target: path of the picture to write. It shows each picture next to
            what was found. A file with the same name that ends in `.npz`
            holds the latents, see `control.Projection`.
        overwrite: bool, whether existing files may be replaced.
        **kwargs: arguments of `control.project`, such as `steps`.

    Returns:
        `Projection`, and the list of both paths.

    Raises:
        ValueError: if files would be replaced, or as in `control.project`.

    Example:

    >>> import tempfile
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     picture = pictures.grid(gan.generate(1, seed=0))
    ...     _ = pictures.save(f"{place}/a.png", picture, min_side=1)
    ...     found, paths = project_files(
    ...         gan, f"{place}/a.png", f"{place}/b.png", steps=1, verbose=0
    ...     )
    ...     [path.name for path in paths], found.latents.shape
    (['b.png', 'b.npz'], (1, 5))
    """
    path = pictures.file(target)
    paths = [path, path.with_suffix(".npz")]
    taken = [str(each) for each in paths if each.exists()]
    if taken and not overwrite:
        raise ValueError(
            "Expected new files, or --overwrite (overwrite=True). Received: "
            f"{', '.join(taken)}."
        )
    images = read(gan, source)
    found = project(gan, images, **kwargs)
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = np.stack([images, found.images], axis=1)
    pairs = pairs.reshape(-1, *images.shape[1:])
    pictures.save(path, pictures.grid(pairs, columns=2))
    return found, [path, found.save(paths[1])]
