"""Adaptive discriminator augmentation (Karras et al., 2020).

https://arxiv.org/abs/2006.06676. As for `DiffAugment`, all real and generated
images are changed at random in front of the discriminator. Here each kind of
change happens with a probability p. If p is well below 1, the changes do not
appear in the generated images. p is as large as the discriminator needs: it
rises while the logits of real images are nearly all positive, which means that
the discriminator memorizes them.
"""

import math

import keras
from keras import ops

from keras_gan_zoo.layers import affine, recolor

#: Number of steps of the discriminator from one change of p to the next.
INTERVAL = 4
UNIFORMS, NORMALS = 21, 7


class Draws:
    """Draws the random numbers of the changes, each `(batch,)`.

    Args:
        num: int or scalar tensor, number of images.
        dtype: dtype of the numbers.
        seed: int or seed generator.

    Example:

    >>> draws = Draws(5, "float32", seed=0)
    >>> tuple(draws.uniform().shape), tuple(draws.normal().shape)
    ((5,), (5,))
    """

    def __init__(self, num, dtype, seed):
        uniform = keras.random.uniform((num, UNIFORMS), dtype=dtype, seed=seed)
        normal = keras.random.normal((num, NORMALS), dtype=dtype, seed=seed)
        self._uniforms = iter(ops.unstack(uniform, UNIFORMS, axis=1))
        self._normals = iter(ops.unstack(normal, NORMALS, axis=1))

    def uniform(self):
        """Returns numbers in [0, 1)."""
        return next(self._uniforms)

    def normal(self):
        """Returns numbers from N(0, 1)."""
        return next(self._normals)


def geometry(draws, p, height, width):
    """Draws where the pixels of changed images come from.

    In the order of the paper: a flip, quarter turns, a shift by whole pixels,
    a scale, a rotation, a scale that changes the aspect ratio, another
    rotation, and a shift by parts of pixels.

    Args:
        draws: `Draws`.
        p: scalar, probability of each change.
        height: int, height of the images.
        width: int, width of the images.

    Returns:
        Maps `(batch, 3, 3)` as in `affine`.

    Example:

    >>> tuple(geometry(Draws(5, "float32", seed=0), 0.5, 8, 8).shape)
    (5, 3, 3)
    """

    def maybe(value, neutral=0.0, probability=p):
        happens = draws.uniform() < probability
        return ops.where(happens, value, neutral)

    # A rotation happens before or after the other scale, with p in all.
    once = 1 - ops.sqrt(ops.maximum(1 - p, 0.0))
    flip = maybe(ops.floor(2 * draws.uniform()))
    turns = maybe(ops.floor(4 * draws.uniform()))
    whole = draws.uniform(), draws.uniform()
    moved = draws.uniform() < p
    x, y = (
        ops.where(moved, ops.round((u - 0.5) * 0.25 * side), 0.0)
        for u, side in zip(whole, (width, height))
    )
    scale = maybe(_power_of_two(0.2 * draws.normal()), 1.0)
    before = maybe((2 * draws.uniform() - 1) * math.pi, probability=once)
    aspect = maybe(_power_of_two(0.2 * draws.normal()), 1.0)
    after = maybe((2 * draws.uniform() - 1) * math.pi, probability=once)
    part = draws.normal(), draws.normal()
    moved = draws.uniform() < p
    right, down = (
        ops.where(moved, 0.125 * side * n, 0.0)
        for n, side in zip(part, (width, height))
    )
    maps = affine.scaling(1 - 2 * flip, 1)
    for further in (
        affine.quarter_turns(turns),
        affine.shift(-x, -y),
        affine.scaling(1 / scale, 1 / scale),
        affine.rotation(before),
        affine.scaling(1 / aspect, aspect),
        affine.rotation(after),
        affine.shift(-right, -down),
    ):
        maps = affine.product(maps, further)
    return maps


def colors(draws, p):
    """Draws how colors change.

    In the order of the paper: brightness, contrast, flip of the luma, hue and
    saturation.

    Args:
        draws: `Draws`, after `geometry` has drawn.
        p: scalar, probability of each change.

    Returns:
        Matrices `(batch, 4, 4)` as in `recolor`.

    Example:

    >>> draws = Draws(5, "float32", seed=0)
    >>> tuple(colors(draws, 0.5).shape)
    (5, 4, 4)
    """

    def maybe(value, neutral=0.0):
        return ops.where(draws.uniform() < p, value, neutral)

    added = maybe(0.2 * draws.normal())
    factor = maybe(_power_of_two(0.5 * draws.normal()), 1.0)
    flipped = maybe(ops.floor(2 * draws.uniform()))
    angle = maybe((2 * draws.uniform() - 1) * math.pi)
    saturated = maybe(_power_of_two(draws.normal()), 1.0)
    matrices = recolor.brightness(added)
    for further in (
        recolor.contrast(factor),
        recolor.luma_flip(flipped),
        recolor.hue(angle),
        recolor.saturation(saturated),
    ):
        matrices = affine.product(further, matrices)
    return matrices


def _power_of_two(exponent):
    return ops.exp(math.log(2) * exponent)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class AdaptivePolicy:
    """Says how `AdaptiveAugment` controls its probability p.

    Give it as `augmentation=` to a model. `augmentation="ada"` is the policy
    with the default values, which are the paper's.

    Args:
        target: float from -1 to 1. p rises while the mean sign of the logits
            of real images is larger than this number, and falls while it is
            smaller. A sign is positive above the logit at which the
            discriminator cannot decide, which depends on the loss.
        images: int, number of images in which p can rise from 0 to 1. 500,000
            for a training from scratch. 100,000 is better if the training
            starts from trained networks.
        p: float in [0, 1], a fixed probability. None controls p.

    Raises:
        ValueError: if a number is out of its range.

    Example:

    >>> AdaptivePolicy(images=100_000).get_config()
    {'target': 0.6, 'images': 100000, 'p': None}
    """

    def __init__(self, target=0.6, images=500_000, p=None):
        for name, value, least, most in (
            ("target", target, -1, 1),
            ("images", images, 1, math.inf),
            ("p", 0 if p is None else p, 0, 1),
        ):
            if not least <= value <= most:
                raise ValueError(
                    "The control of the augmentation got a number out of its "
                    f"range. Expected {name} from {least} to {most}. "
                    f"Received: {name}={value}"
                )
        self.target = target
        self.images = images
        self.p = p

    def layer(self, **kwargs):
        """Returns a layer that follows this policy.

        Args:
            **kwargs: further arguments of `AdaptiveAugment`, such as `name`.
        """
        return AdaptiveAugment(**self.get_config(), **kwargs)

    def get_config(self):
        return {"target": self.target, "images": self.images, "p": self.p}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class AdaptiveAugment(keras.layers.Layer):
    """Augments images with a probability that adapts (Karras et al., 2020).

    https://arxiv.org/abs/2006.06676. In training it changes each image at
    random in front of a discriminator. Otherwise it returns the images
    unchanged. The changes are those that the paper uses ("bgc"): flips,
    quarter turns, shifts, scales, rotations, brightness, contrast, flips of
    the luma, hue and saturation. Each happens with the probability `p`, a
    variable that is saved with the model. `adjust` controls it.

    Differs from the paper: the images are sampled linearly between pixels. The
    authors' code doubles their size with a wavelet filter before, against
    aliasing, which takes several times longer. The discriminator sees the
    same aliasing in real and generated images, so that it does not appear in
    the generated ones. And the reflection at the border is repeated for maps
    that reach beyond it.

    Args:
        target: float from -1 to 1, see `AdaptivePolicy`.
        images: int, see `AdaptivePolicy`.
        p: float or None, see `AdaptivePolicy`.
        seed: int or None, seed of the random changes.
        dtype: dtype of the layer, float32 by default. Half precision would
            make the images coarse and move their pixels.
        **kwargs: arguments of `keras.layers.Layer`, such as `name`.

    Input: floats `(batch, height, width, channels)` in [-1, 1]. Output: the
    same shape, in about the same range. Images that have not three channels
    keep hue and saturation.

    Raises:
        ValueError: if a number is out of its range.

    Example:

    >>> images = ops.reshape(ops.arange(1024.0), (16, 8, 8, 1)) / 1024
    >>> changed = AdaptiveAugment(p=0.8, seed=0)(images, training=True)
    >>> tuple(changed.shape), bool(ops.all(ops.equal(changed, images)))
    ((16, 8, 8, 1), False)
    """

    def __init__(
        self,
        target=0.6,
        images=500_000,
        p=None,
        seed=None,
        dtype="float32",
        **kwargs,
    ):
        super().__init__(dtype=dtype, **kwargs)
        self.policy = AdaptivePolicy(target, images, p)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        def state(name, shape, value):
            return self.add_weight(
                shape=shape,
                initializer=keras.initializers.Constant(value),
                trainable=False,
                autocast=False,
                aggregation="only_first_replica",
                name=name,
            )

        #: The probability of each change.
        self.p = state("p", (), self.policy.p or 0.0)
        # Since the last change of p: the sum of the signs of all logits of
        # real images (as if there were one for each image), the number of
        # images, and the number of steps.
        self.seen = state("seen", (3,), 0.0)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        height, width = inputs.shape[1:3]
        p = ops.convert_to_tensor(self.p)
        # The places of pixels need full precision, also of coarse images.
        dtype = keras.backend.standardize_dtype(p.dtype)
        draws = Draws(ops.shape(inputs)[0], dtype, self.seed_generator)
        maps = geometry(draws, p, height, width)
        return recolor.recolor(affine.sample(inputs, maps), colors(draws, p))

    def adjust(self, sign, num_images):
        """Counts a step of the discriminator, and every 4th time changes p.

        p changes by the number of images since the last change, divided by
        `images`: upward if the mean sign since then is above `target`,
        downward if it is below. It stays in [0, 1]. A fixed p does not
        change.

        Args:
            sign: scalar, mean sign of the logits of real images, the same on
                all replicas.
            num_images: scalar, number of real images on all replicas.
        """
        if self.policy.p is not None:
            return
        # A traced step of JAX takes no variables in `where`.
        old, seen = ops.convert_to_tensor(self.p), self.seen
        num, sign = (ops.cast(x, seen.dtype) for x in (num_images, sign))
        seen = seen + ops.stack([sign * num, num, ops.ones_like(num)])
        due = seen[2] >= INTERVAL
        up = ops.sign(seen[0] / seen[1] - self.policy.target)
        p = ops.clip(old + up * seen[1] / self.policy.images, 0.0, 1.0)
        self.p.assign(ops.where(due, p, old))
        self.seen.assign(ops.where(due, ops.zeros_like(seen), seen))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            **self.policy.get_config(),
            "seed": self.seed,
        }
