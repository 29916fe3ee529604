"""Finds the latents of pictures, and makes pictures from what was found."""

import dataclasses
import pathlib

import numpy as np

from keras_gan_zoo.control import conditions, spaces
from keras_gan_zoo.control.distances import DISTANCES
from keras_gan_zoo.control.search import Goal, Schedule, search
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.files import atomic
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.modalities import Image


@dataclasses.dataclass(frozen=True)
class Projection:
    """Latents whose images are like given pictures.

    Attributes:
        space: `"z"`, `"w"` or `"w+"`, see `project`.
        latents: float32 array, `(num, latent_dim)` in the space `"z"`, and
            styles `(num, num_styles, style_dim)` in the others.
        condition: dict of the labels and codes of the images, arguments of
            `gan.generate`.
        images: float32 array `(num, height, width, channels)` in [-1, 1].
        losses: float32 array `(num,)`, what the search has minimized.
        mae: float32 array `(num,)`, the mean absolute difference of an image
            and its picture on the scale of [-1, 1], from 0 to 2.
        start_losses: float32 array `(num, starts)`, the loss of each start.

    Example:

    >>> projection = Projection("z", np.zeros((2, 5)), {}, *4 * [np.ones(2)])
    >>> len(projection.latents)
    2
    """

    space: str
    latents: np.ndarray
    condition: dict
    images: np.ndarray
    losses: np.ndarray
    mae: np.ndarray
    start_losses: np.ndarray

    def save(self, path):
        """Writes all of it to an `.npz` file, which `load` reads.

        Args:
            path: file name.

        Returns:
            `pathlib.Path` of the file.
        """
        path = pathlib.Path(path)
        arrays = dataclasses.asdict(self)
        condition = arrays.pop("condition")
        codes = condition.get("codes", {})
        arrays.update({f"code_{name}": value for name, value in codes.items()})
        if "labels" in condition:
            arrays["labels"] = condition["labels"]

        def write(file):
            with open(file, "wb") as opened:
                np.savez_compressed(opened, **arrays)

        atomic.write_atomically(path, write)
        return path

    @classmethod
    def load(cls, path):
        """Reads a file of `save`.

        Args:
            path: file name.
        """
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        condition = {}
        if "labels" in arrays:
            condition["labels"] = arrays.pop("labels")
        codes = {
            name.removeprefix("code_"): arrays.pop(name)
            for name in list(arrays)
            if name.startswith("code_")
        }
        if codes:
            condition["codes"] = codes
        space = str(arrays.pop("space"))
        return cls(space=space, condition=condition, **arrays)


def project(
    gan,
    images,
    *,
    labels=None,
    codes=None,
    space=None,
    distance="pixels",
    starts=4,
    steps=500,
    learning_rate=0.05,
    prior_weight=1e-5,
    seed=0,
    verbose=1,
):
    """Finds latents whose images are like given pictures.

    For each picture the generator draws many images. The latents of those
    that are most like it are the starts of a search with Adam, all at the
    same time. The best start counts. The rate rises during the first 5 % of
    the steps and falls during the last 25 %, as in StyleGAN2 (Karras et al.,
    2020, https://arxiv.org/abs/1912.04958, appendix D). The search uses the
    average of the weights if the model has one, as `generate` does.

    Args:
        gan: a model that makes images from latents.
        images: float array `(num, height, width, channels)` in [-1, 1], the
            pictures. Their size is that of the model.
        labels: the classes of the pictures, as in `gan.generate`, or None to
            find them: the best starts of different classes compete.
        codes: dict of the codes of the pictures, as in the `generate` of a
            model with codes. They stay as they are. Other codes are inferred
            or drawn at each start.
        space: `"z"` finds latents. `"w"`, for models with styles, finds one
            style for all layers, and `"w+"` finds a style for each layer,
            which can make pictures that the model would not draw. A search
            for styles begins at their mean, and near it. None is `"w"` if
            the model has styles, and `"z"` otherwise.
        distance: `"pixels"`, the mean squared difference, or `"perceptual"`,
            as `metrics.PerceptualDistance` measures it.
        starts: int, starts of the search for each picture.
        steps: int, steps of Adam.
        learning_rate: float, the highest rate, in standard deviations for
            styles.
        prior_weight: float, weight of the mean square of the latents, in
            standard deviations from their mean. It keeps them likely. Uniform
            latents stay within their bounds, and latents of which only the
            direction counts keep their length, whatever the weight is.
        seed: int, seed of all that is drawn.
        verbose: 0 or 1, whether to show a progress bar.

    Returns:
        `Projection`. `generate_from` makes its images again, or others near
        them.

    Raises:
        ValueError: if the model does not make images from latents, the
            pictures do not fit, or an argument is out of range.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> pictures = gan.generate(2, seed=0)
    >>> found = project(gan, pictures, steps=100, verbose=0)
    >>> found.latents.shape == (2, gan.latent_dim), bool(found.mae.max() < 0.2)
    (True, True)
    """
    images = checked_images(gan, images)
    measure = look_up(distance, DISTANCES, "distance")
    place = spaces.get(gan, space)
    schedule = Schedule(starts, steps, learning_rate, seed, verbose)
    schedule.check()
    if prior_weight < 0:
        raise ValueError(
            "The prior attracts latents. Expected prior_weight of at least 0. "
            f"Received: prior_weight={prior_weight}"
        )
    known = conditions.given(gan, len(images), labels, codes, images)
    weights = np.ones_like(images[..., :1])
    goal = Goal(images, weights, measure, pull=prior_weight)
    found = search(gan, place, goal, known, schedule)
    return _made(place, found, images)


def _made(place, found, images):
    made = place.images(found.latents, found.condition)
    latents, condition = found.latents, found.condition
    if isinstance(place, spaces.Styles):
        latents = np.array(place.for_all_layers(latents))
        condition = {}  # which is in the styles
    return Projection(
        space=place.name,
        latents=latents,
        condition=condition,
        images=made,
        losses=found.losses.min(axis=1),
        mae=np.abs(made - images).mean(axis=(1, 2, 3)),
        start_losses=found.losses,
    )


def generate_from(gan, projection, move=0.0):
    """Makes the images of a projection again, or images near them.

    Args:
        gan: the model of the projection.
        projection: `Projection`.
        move: float array that is added to the latents, for example a multiple
            of one of the `directions.principal` in the space `"z"`, or `(num,
            num_styles, style_dim)` in the others.

    Returns:
        float32 array `(num, height, width, channels)` in [-1, 1].

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> found = project(gan, gan.generate(2, seed=0), steps=2, verbose=0)
    >>> bool(np.allclose(generate_from(gan, found), found.images, atol=1e-5))
    True
    """
    latents = projection.latents + np.asarray(move, "float32")
    if projection.space != "z":
        return gan.generate_from_styles(latents)
    num = len(latents)
    return gan.generate(num, latents=latents, seed=0, **projection.condition)


def checked_images(gan, images):
    """Returns pictures as floats, if a model can make such images.

    Args:
        gan: a model of any kind.
        images: float array `(num, height, width, channels)` in [-1, 1].

    Raises:
        ValueError: if the model does not make images from latents, or the
            pictures have another size or range than its images.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> checked_images(gan, np.zeros((2, 8, 8, 1))).dtype
    dtype('float32')
    """
    check_latent(gan)
    images = np.asarray(images, "float32")
    wanted = gan.generate(1, seed=0).shape[1:]
    if images.ndim != 4 or images.shape[1:] != wanted or not len(images):
        raise ValueError(
            "A model projects pictures of its own size. Expected images of "
            f"shape (num, {', '.join(map(str, wanted))}). Received: "
            f"images.shape={images.shape}. Resize them with "
            "keras_gan_zoo.pictures.resized."
        )
    if not np.all(np.abs(images) <= 1 + 1e-3):
        raise ValueError(
            "Expected images in [-1, 1]. Received: from "
            f"{images.min():.4g} to {images.max():.4g}. Gray levels g of 8 "
            "bits become g / 127.5 - 1."
        )
    return images


def check_latent(gan):
    """Raises a `ValueError` unless a model makes images from latents.

    Args:
        gan: a model of any kind.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> check_latent(kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5))
    """
    if not isinstance(gan, LatentGAN) or not isinstance(gan.sample, Image):
        raise ValueError(
            "A picture is projected to the latents of a model. Expected a "
            "model that makes images from latents. Received: "
            f"{type(gan).__name__}."
        )
