"""R3GAN (Huang et al., 2024), https://arxiv.org/abs/2501.05441.

Residual networks without normalization, a relativistic loss that compares
each generated image with one real image, and R1 and R2 at every step, which
make this loss converge. The rate, the penalties' weight, Adam's `beta_2` and
the half-life of the average change over a burn-in. The widths and the settings
are the paper's, table 9. Differs from the paper and the authors' code:

* The schedules count steps, not images, because the size of a batch is known
  only to `fit`.
* The step of the generator takes the real images of the discriminator's step.
  The authors' code takes others.
* With `dtype="mixed_bfloat16"` all resolutions run in bfloat16. The authors'
  code keeps those below the four largest in float32.
* Images that are not square have a learned image of e.g. 4x5 pixels.
* `augmentation` has no burn-in. In the paper, the probability of a change
  rises to 0.3 to 0.55.
* A generated image gets the class of the real image at its place in the batch.
* The order of updates, see docs/updates.md.
"""

import keras
import numpy as np

from keras_gan_zoo import engine
from keras_gan_zoo.families.averages import decay_of_half_life
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.r3gan import networks
from keras_gan_zoo.models.r3gan.schedules import (
    falling_weight,
    rising_decay,
    scheduled_adam,
    search_space,
)


@register(
    "r3gan",
    paper="https://arxiv.org/abs/2501.05441",
    summary="plain residual networks; relativistic loss with R1 and R2",
)
class R3GAN(ClassConditionalGAN):
    """R3GAN (Huang et al., 2024), https://arxiv.org/abs/2501.05441.

    Makes images from latent vectors drawn from N(0, 1), of given classes if
    there are any.

    Args:
        image_shape: tuple `(height, width, channels)`. The shorter side is a
            power of two from 8 to 1024, and the longer side is a multiple of
            a quarter of it, e.g. 64x64 or 64x80.
        num_classes: int, number of classes. None ignores labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of all resolutions of up to 32 pixels. Each
            larger resolution has half as many as the one before. Or a list
            with the channels of each resolution, from the smallest on.
        group_size: int, channels of each group of the convolutions of 3x3.
            The largest divisor of it is taken that fits.
        blocks: int, residual blocks of each resolution.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `keras.Model` that turns latents, or `[latents, labels]`
            with one-hot labels, into images. None builds the paper's.
        discriminator: `keras.Model` that turns images, or `[images, labels]`,
            into logits. None builds the paper's.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, or with classes `(images, labels)`. Images are
    float32 `(batch, height, width, channels)` in [-1, 1]. Labels are ints
    `(batch,)` in [0, num_classes) or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`, and `penalty` (R1 + R2, weighted) if there is
    one. With `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`, or
            `filters` has another length. The error names the nearest
            possible sizes.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.R3GAN((8, 8, 1), latent_dim=8, filters=8, blocks=1)
    >>> gan.compile(burn_in_steps=100, run_eagerly=True)  # for one batch
    >>> digits = kgz.data.digits(batch_size=32)
    >>> history = gan.fit(digits.take(1), verbose=0)
    >>> gan.generate(4, seed=0).shape
    (4, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(64, 64, 3),
        num_classes=None,
        latent_dim=64,
        filters=768,
        group_size=16,
        blocks=2,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters if isinstance(filters, int) else list(filters)
        self.group_size = group_size
        self.blocks = blocks
        self.augmentation = augmentation
        sizes = (self.filters, group_size, blocks)
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape, self.num_classes, self.latent_dim, *sizes
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                self.image_shape, self.num_classes, *sizes, augmentation
            ),
        )
        self.ready()

    def compile(
        self,
        loss="relativistic_paired",
        generator_optimizer=None,
        discriminator_optimizer=None,
        penalty="r1_r2",
        penalty_weight=2.0,
        ema_decay=decay_of_half_life(256, images=500_000),  # noqa: B008
        burn_in_steps=78_125,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's for FFHQ at 64x64 in batches of 256
        images, with a burn-in of 20 million of 100 million images. A good
        `penalty_weight` depends on the data: the paper has 0.05 for CIFAR-10,
        1 for stacked MNIST and ImageNet at 64x64, 150 for FFHQ at 256x256.

        Args:
            loss: str or `AdversarialLoss`. The penalties belong to the
                default: R1 alone does not make it converge.
            generator_optimizer: optimizer of the generator. None is Adam with
                `beta_1=0`. Over the burn-in its rate falls from 2e-4 to 5e-5
                and its `beta_2` rises from 0.9 to 0.99.
            discriminator_optimizer: optimizer of the discriminator. None is
                the same.
            penalty: str, penalty or None.
            penalty_weight: float, gamma of R1 and R2 at first. Over the
                burn-in it falls to a tenth. A schedule is taken as it is.
            ema_decay: float in (0, 1), the decay of the average after the
                burn-in, over which its half-life rises from 0. A schedule is
                taken as it is. None for no average. Other batches than the
                paper's have `decay_of_half_life(batch_size, images=500_000)`,
                a function of `keras_gan_zoo.families.averages`.
            burn_in_steps: int, steps until the last values are reached, along
                half a cosine wave: the paper's images divided by the size of
                your batches, or a tenth to a fifth of the training. 0 for no
                burn-in: a rate of 5e-5, a `beta_2` of 0.99, and
                `penalty_weight` and `ema_decay` as they are.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        if int(burn_in_steps) != burn_in_steps or burn_in_steps < 0:
            raise ValueError(
                "The burn-in is a number of steps. Expected burn_in_steps as "
                "an int of at least 0. Received: "
                f"burn_in_steps={burn_in_steps!r}"
            )
        steps = int(burn_in_steps)
        critic_steps = kwargs.get("discriminator_steps", 1)
        self.check_average(ema_decay, kwargs.get("ema_start", 0))
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or scheduled_adam(steps),
            discriminator_optimizer=discriminator_optimizer
            or scheduled_adam(critic_steps * steps),
            penalty=penalty,
            penalty_weight=None
            if penalty is None
            else falling_weight(penalty_weight, steps),
            ema_decay=rising_decay(ema_decay, steps),
            **kwargs,
        )
        self.burn_in_steps = steps

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "burn_in_steps": self.burn_in_steps,
        }

    @classmethod
    def compile_arguments_from(cls, total_steps):
        # As for FFHQ at 64x64.
        return {"burn_in_steps": total_steps // 5}

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    def run_generator(self, inputs, batch_size):
        images = super().run_generator(inputs, batch_size)
        # The network is linear at its end.
        return np.clip(images, -1, 1)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings worth tuning; see `r3gan.schedules`."""
        return search_space(ask)

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "group_size": self.group_size,
            "blocks": self.blocks,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
