"""Differentiable augmentation (Zhao et al., 2020).

https://arxiv.org/abs/2006.10738. A discriminator soon memorizes a small data
set, and then its gradients do not help the generator. Random changes of all
real and generated images prevent this. The gradient of the generator passes
through the changes. The changes do not appear in the generated images, as they
would if only the data were changed.

A transformation is a function `(images, draw) -> images`. `draw(high)` returns
a number for each image, uniform in [0, high), as `(batch, 1, 1, 1)`.
"""

import keras
from keras import ops

from keras_gan_zoo.engine import randomness
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.layers.adaptive import AdaptivePolicy


def color(images, draw):
    """Changes brightness, saturation and contrast at random.

    Adds -0.5 to 0.5 to the brightness, multiplies the saturation by 0 to 2
    and multiplies the contrast by 0.5 to 1.5.

    Args:
        images: float tensor `(batch, height, width, channels)`.
        draw: function from `high` to numbers in [0, high), see above.

    Returns:
        Tensor of the same shape.

    Example:

    >>> grey = ops.zeros((1, 8, 8, 3))
    >>> float(color(grey, lambda high: high)[0, 0, 0, 0])
    0.5
    """
    images = images + draw(1) - 0.5
    grey = ops.mean(images, axis=-1, keepdims=True)
    images = grey + draw(2) * (images - grey)
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (draw(1) + 0.5) * (images - mean)


def translation(images, draw):
    """Shifts images by up to an eighth of height and width.

    Pixels from outside the image are 0.

    Args:
        images: float tensor `(batch, height, width, channels)`.
        draw: function from `high` to numbers in [0, high), see above.

    Returns:
        Tensor of the same shape.

    Example:

    >>> ones = ops.ones((1, 8, 8, 1))
    >>> shifted = translation(ones, lambda high: 0 * ones[:, :1, :1])
    >>> float(ops.sum(shifted))  # by a row up, and a column to the left
    49.0
    """
    height, width = images.shape[1:3]
    images = ops.einsum("bij,bjkc->bikc", _shift(height, draw), images)
    return ops.einsum("bij,bkjc->bkic", _shift(width, draw), images)


def _shift(side, draw):
    """Returns matrices `(batch, side, side)` that move row i - shift to i."""
    most = int(side / 8 + 0.5)
    # In float32 a draw just below the bound may be rounded to the bound.
    shift = ops.minimum(ops.floor(draw(2 * most + 1))[:, 0], 2 * most) - most
    numbers = ops.arange(side, dtype=shift.dtype)
    return ops.cast(ops.equal(numbers[:, None], numbers + shift), shift.dtype)


def cutout(images, draw):
    """Sets a window of half the height and half the width to 0.

    The window may lie partly outside the image.

    Args:
        images: float tensor `(batch, height, width, channels)`.
        draw: function from `high` to numbers in [0, high), see above.

    Returns:
        Tensor of the same shape.

    Example:

    >>> ones = ops.ones((1, 8, 8, 1))
    >>> cut = cutout(ones, lambda high: 0 * ones[:, :1, :1])
    >>> float(ops.sum(cut))  # a window around the corner: a quarter of it
    60.0
    """
    height, width = images.shape[1:3]
    rows = _within(height, draw)[:, :, None, None]
    columns = _within(width, draw)[:, None, :, None]
    return images * (1 - rows * columns)


def _within(side, draw):
    window = int(side / 2 + 0.5)
    # The center of the window may be anywhere, as in the authors' code.
    first = ops.floor(draw(side + 1 - window % 2))[:, :, 0, 0] - window // 2
    numbers = ops.arange(side, dtype=first.dtype)
    inside = ops.logical_and(numbers >= first, numbers < first + window)
    return ops.cast(inside, first.dtype)


TRANSFORMATIONS = {
    "color": color,
    "translation": translation,
    "cutout": cutout,
}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DiffAugment(keras.layers.Layer):
    """Augments images in front of a discriminator (Zhao et al., 2020).

    https://arxiv.org/abs/2006.10738. In training it changes each image at
    random. Otherwise it returns the images unchanged.

    Args:
        policy: str, names of `TRANSFORMATIONS` joined by commas. They are
            applied in this order. The paper uses all three for small data
            sets.
        seed: int or None, seed of the random changes.
        dtype: dtype of the layer, float32 by default. Half precision would
            make the images coarse.
        **kwargs: arguments of `keras.layers.Layer`, such as `name`.

    Input: floats `(batch, height, width, channels)` in [-1, 1]. Output: the
    same shape, in about the same range.

    Raises:
        ValueError: if the policy names an unknown transformation.

    Example:

    >>> images = ops.ones((16, 8, 8, 3))
    >>> changed = DiffAugment("translation", seed=0)(images, training=True)
    >>> tuple(changed.shape), bool(ops.all(ops.equal(changed, images)))
    ((16, 8, 8, 3), False)
    """

    def __init__(
        self,
        policy="color,translation,cutout",
        seed=None,
        dtype="float32",
        **kwargs,
    ):
        super().__init__(dtype=dtype, **kwargs)
        self.policy = policy
        self.seed = seed
        self.transformations = [
            look_up(name.strip(), TRANSFORMATIONS, "augmentation")
            for name in policy.split(",")
        ]
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs

        def draw(high):
            number = randomness.one_number_per_image(
                inputs, self.seed_generator
            )
            return high * number

        images = inputs
        for transform in self.transformations:
            images = transform(images, draw)
        return images

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "policy": self.policy,
            "seed": self.seed,
        }


def augmentation_layer(policy):
    """Returns the layer of a policy, with the name "augment".

    Args:
        policy: `"ada"`, an `AdaptivePolicy` or its serialized form for
            `AdaptiveAugment`, or the policy of a `DiffAugment`, such as
            `"color,translation,cutout"`.

    Returns:
        `keras.layers.Layer`.

    Raises:
        ValueError: if the policy names an unknown transformation.

    Example:

    >>> augmentation_layer("ada").policy.target
    0.6
    >>> augmentation_layer("color,cutout").policy
    'color,cutout'
    """
    if isinstance(policy, dict):
        policy = keras.saving.deserialize_keras_object(policy)
    if policy == "ada":
        policy = AdaptivePolicy()
    if isinstance(policy, AdaptivePolicy):
        return policy.layer(name="augment")
    return DiffAugment(policy, name="augment")


def maybe_augment(images, policy):
    """Returns images that change in training, if there is a policy.

    Args:
        images: float tensor `(batch, height, width, channels)`, the input of
            a discriminator.
        policy: policy of `augmentation_layer`, or None for the images
            unchanged.

    Returns:
        Tensor of the same shape.

    Example:

    >>> images = keras.Input((8, 8, 3))
    >>> maybe_augment(images, None) is images
    True
    """
    if policy is None:
        return images
    return augmentation_layer(policy)(images)
