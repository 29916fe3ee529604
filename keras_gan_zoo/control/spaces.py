"""The spaces of a model in which images are searched: latents and styles.

A space draws candidates, makes their images, and says where the search may
go. Its latents are arrays `(num, *shape)`.
"""

import functools
import weakref

import numpy as np
from keras import ops

from keras_gan_zoo.families import priors
from keras_gan_zoo.files.lookup import look_up

#: Styles that are drawn for their mean, as in StyleGAN2's appendix D.
NUM_STYLES = 10_000
#: Candidates lie between the mean style and styles that are drawn.
NEARNESS = 0.5


class Latents:
    """The space of `generate(latents=...)`.

    Args:
        gan: a latent model.
    """

    name = "z"
    #: Whether the first candidate is the mean, which is always a start.
    begins_at_mean = False

    def __init__(self, gan):
        self.gan = gan
        self.shape = (gan.latent_dim,)

    def candidates(self, num, condition, rng):
        """Draws latents to begin with.

        Args:
            num: int, number of latents.
            condition: dict of arguments of `gan.generate`, with arrays.
            rng: `numpy.random.Generator`.

        Returns:
            Three float32 arrays: latents `(num, *shape)`, their mean, and
            their standard deviation. The standard deviation is 1 if the space
            pulls no latents to their mean.
        """
        latents = self.gan.draw_latents(num, rng)
        return latents, np.zeros(self.shape, "float32"), np.float32(1)

    @property
    def pulls(self):
        """Says whether latents near the mean are more likely."""
        return self.gan.prior == priors.NORMAL

    def images(self, latents, condition):
        """Makes images with `gan.generate`, a numpy array."""
        num = len(latents)
        return self.gan.generate(num, latents=latents, seed=0, **condition)

    def network(self):
        """Returns a function from latents and a list of inputs to images."""
        generator = self.gan.best("generator")
        if not hasattr(self.gan, "stage_of"):

            def draw(latents, inputs):
                given = [latents, *inputs] if inputs else latents
                return generator(given, training=False)

            return draw
        stage, alpha = self.gan.stage_of(None)

        def draw_stage(latents, inputs):
            alphas = ops.full_like(latents[:, 0], alpha)
            return generator([latents, *inputs, alphas], stage=stage)

        return draw_stage

    @property
    def hold(self):
        """Returns a function that moves a tensor to what can be drawn."""
        return functools.partial(priors.held, self.gan.prior)


class Styles(Latents):
    """The space of styles, one for all layers of an image.

    Args:
        gan: a model with styles.
    """

    name = "w"
    begins_at_mean = True
    pulls = True

    def __init__(self, gan):
        super().__init__(gan)
        self.num_styles = gan.generator.num_styles
        self.style_dim = gan.generator.mean_style.shape[0]
        self.shape = (1, self.style_dim)
        self._means = {}

    def candidates(self, num, condition, rng):
        labels = condition.get("labels")
        one = None  # class of all, or None
        if labels is not None and (labels == labels[0]).all():
            one = int(labels[0])
        mean, deviation = self._mean(one)
        drawn = self.gan.draw_latents(num, rng)
        styles = self.gan.styles(num, latents=drawn, **condition)[:, :1]
        styles = mean + NEARNESS * (styles - mean)
        styles[0] = mean
        styles = np.repeat(styles, self.shape[0], axis=1)
        return styles, np.repeat(mean, self.shape[0], axis=0), deviation

    def _mean(self, label):
        """Returns the mean style of a class, or of all, and its deviation."""
        if label not in self._means:
            rng = np.random.default_rng(0)
            found = self.gan.styles(
                NUM_STYLES,
                labels=label,
                latents=self.gan.draw_latents(NUM_STYLES, rng),
                batch_size=1000,
            )[:, :1]
            mean = found.mean(axis=0)
            squares = np.square(found - mean).mean()
            self._means[label] = mean, np.float32(max(squares**0.5, 1e-6))
        return self._means[label]

    def for_all_layers(self, latents):
        """Returns the styles of all layers, a numpy array."""
        return np.broadcast_to(
            latents, (len(latents), self.num_styles, self.style_dim)
        )

    def images(self, latents, condition):
        return self.gan.generate_from_styles(self.for_all_layers(latents))

    def network(self):
        gan = weakref.proxy(self.gan)  # a search is kept as long as its model
        num = self.num_styles // self.shape[0]

        def draw(latents, inputs):
            return gan.draw_from_styles(ops.repeat(latents, num, axis=1))

        return draw

    @property
    def hold(self):
        return lambda latents: latents


class LayerStyles(Styles):
    """The space of styles, one for each layer of an image.

    Args:
        gan: a model with styles.
    """

    name = "w+"

    def __init__(self, gan):
        super().__init__(gan)
        self.shape = (self.num_styles, self.style_dim)


SPACES = {space.name: space for space in (Latents, Styles, LayerStyles)}


def get(gan, name=None):
    """Returns a space of a model.

    Args:
        gan: a latent model.
        name: `"z"`, `"w"` or `"w+"`, or None for `"w"` if the model has
            styles, and `"z"` otherwise.

    Raises:
        ValueError: if there is no such space, or the model has no styles.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> get(kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)).shape
    (5,)
    """
    has_styles = hasattr(gan, "draw_from_styles")
    if name is None:
        name = "w" if has_styles else "z"
    space = look_up(name, SPACES, "space of latents")
    if space is not Latents and not has_styles:
        raise ValueError(
            "Only a model with styles has spaces of styles. Expected "
            f'space="z" for a {type(gan).__name__}. Received: '
            f"space={name!r}"
        )
    return space(gan)
