"""The base of the architectures that grow while they train."""

import contextlib
import functools
import math

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.engine import optimizers
from keras_gan_zoo.families import controls
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.families.variants import number
from keras_gan_zoo.objectives.growth import Growth, per_stage, side


class GrowingGAN(LatentGAN):
    """Trains models that start with small samples and grow. Abstract.

    A stage is a resolution. The number of the stage is a Python constant in
    the compiled step: each stage is traced separately, so that its step holds
    no more than it needs. The fade-in of the new layers is computed in the
    step. A subclass has networks with `stage_weights(stage)` and a generator
    with `draw(latents, stage, alpha, batch_size)`. Its `losses` run stage
    `self.running_stage`, faded in by `self.alpha`.

    Args:
        sample: `keras_gan_zoo.modalities.Modality` of the final samples.
        latent_dim: int, length of the latent vectors.
        num_stages: int, number of resolutions.
        first_stage: int, number of the stage with which training starts.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    def __init__(self, sample, latent_dim, num_stages, first_stage=0, **kwargs):
        super().__init__(sample, latent_dim, **kwargs)
        self.num_stages = num_stages
        self.first_stage = first_stage
        #: Real samples that the discriminator has seen.
        self.images_seen = self._add_state("images_seen", 0, "int32")
        #: The stage that was trained last, and how far it is faded in.
        self.stage = self._add_state("stage", first_stage, "int32")
        self.alpha = self._add_state("alpha", 1, "float32")
        self.running_stage = self._tested_stage = first_stage
        self._largest_batch = None

    def _add_state(self, name, value, dtype):
        return self.add_weight(
            shape=(),
            dtype=dtype,
            initializer=keras.initializers.Constant(value),
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name=name,
        )

    @property
    def controls(self):
        return [
            controls.Resolution(
                "resolution",
                "Resolution",
                "height and width in pixels",
                sides=self.resolutions,
            ),
            *super().controls,
        ]

    @property
    def resolution(self):
        """Returns the height in pixels of the stage that was trained last."""
        return side(number(self.stage))

    @property
    def resolutions(self):
        """Returns the list of heights in pixels that have been trained."""
        last = number(self.stage)
        return [side(stage) for stage in range(self.first_stage, last + 1)]

    # ---------------------------------------------------------- compiling

    def compile(
        self,
        *args,
        phase_images=800_000,
        batch_parts=1,
        reset_optimizers=True,
        **kwargs,
    ):
        """Sets how the players train; see `LatentGAN.compile` for more.

        Args:
            phase_images: int, or list of ints for the resolutions from the
                first on. The number of images for which the layers of a
                resolution are faded in, and then for which they settle. The
                first resolution has no fade-in. The last one settles until
                `fit` ends. 0 starts at the final size. `gan.growth.total` is
                the number of images of the whole schedule, counted from the
                first image that the model was trained on.
            batch_parts: int, or list of ints for the resolutions. The number
                of minibatches into which each batch is cut. All players are
                updated on each minibatch. With batches of 64, `[1, 1, 1, 4]`
                trains on minibatches of 64 up to 16x16 and of 16 at 32x32.
            reset_optimizers: bool, whether each new resolution resets the
                state of the optimizers. This restarts learning rate
                schedules, too.

        Raises:
            ValueError: if an argument is out of range.
        """
        first = self.first_stage
        growth = Growth(phase_images, self.num_stages, first)
        parts = per_stage(
            "batch_parts", batch_parts, self.num_stages, least=1, first=first
        )
        super().compile(*args, **kwargs)
        self.growth = growth
        self.batch_parts = parts
        self.reset_optimizers = bool(reset_optimizers)
        states = [_Latest(name) for name in ("resolution", "alpha", "images")]
        self._log_means = [*self._log_means, *states]

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "phase_images": list(self.growth.phases),
            "batch_parts": list(self.batch_parts),
            "reset_optimizers": self.reset_optimizers,
        }

    # ------------------------------------------------------------- growing

    @property
    def num_minibatches(self):
        return max(self.batch_parts) * self.discriminator_steps

    def check_batch_size(self, num):
        self._largest_batch = num

    @contextlib.contextmanager
    def stepping(self):
        try:
            with super().stepping():
                yield
        finally:
            self._largest_batch = None

    @property
    def has_variants(self):
        return True

    def look(self):
        """Switches to the stage that is due, between two steps."""
        super().look()
        images = number(self.images_seen)
        self.running_stage = self.growth.stage(images)
        if self.running_stage != number(self.stage):
            self.stage.assign(self.running_stage)
            if self.reset_optimizers:
                for optimizer in self.optimizer.optimizers:
                    optimizers.reset_optimizer(optimizer)
        return self._calls_in_stage(images)

    def _calls_in_stage(self, images):
        """Returns the number of train function calls before a stage can end."""
        if self._largest_batch is None:
            return 1
        left = self.growth.images_left(images)
        if left is None:
            return math.inf
        return -(-left // (self._largest_batch * self.steps_per_execution))

    def variant(self):
        return (self.running_stage, *super().variant())

    def forget(self, compiled, variant):
        if any(stage != variant[0] for stage, *_ in compiled):
            compiled.clear()

    def make_test_function(self, force=False):
        stage = self.running_stage = number(self.stage)
        make = functools.partial(
            super().make_test_function, force or stage != self._tested_stage
        )
        self._tested_stage = stage
        engine.retraced(self, "test_step", make)

    # ------------------------------------------------------------ training

    def running_variables(self, player):
        network = getattr(self, player)
        weights = network.stage_weights(self.running_stage)
        return [w for w in weights if w.trainable]

    @engine.adversarial_step
    def train_step(self, data):
        values = [self.update(part) for part in self.parts(data)]
        means = {k: sum(v[k] for v in values) / len(values) for k in values[0]}
        self.steps.assign_add(1)
        return self.log(data, means)

    def update(self, batch):
        """Takes the discriminator's steps and one step of the generator.

        Args:
            batch: tuple of the real samples of the final size, and what
                belongs to them.

        Returns:
            Dict of logs.
        """
        self.fade_in()
        *earlier, last = self.minibatches(batch)
        for minibatch in earlier:
            self.minimize(lambda: self.losses(minibatch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        self.count(batch)
        self.update_averages(self.steps + 1)
        return logs

    def parts(self, data):
        """Cuts a batch as `batch_parts` says for the stage that runs.

        Args:
            data: a batch as a step gets it.

        Returns:
            List of tuples of tensors.
        """
        parts = self.batch_parts[self.running_stage - self.first_stage]
        members = self.members(data)
        return [
            tuple(member[part::parts] for member in members)
            for part in range(parts)
        ]

    def count(self, batch):
        """Adds a batch to the images that the discriminator has seen.

        Args:
            batch: tuple of tensors, the part of the batch on this device.
                All devices count.
        """
        num = ops.shape(batch[0])[0] * engine.num_replicas()
        self.images_seen.assign_add(num)

    def fade_in(self):
        """Sets and returns alpha, which follows from the images seen."""
        images = ops.cast(self.images_seen, "float32")
        alpha = self.growth.alpha(images, self.running_stage)
        alpha = ops.clip(ops.cast(alpha, "float32"), 0.0, 1.0)
        self.alpha.assign(alpha)
        return alpha

    def progress(self):
        """Returns the progress of training for the logs."""
        return {
            "resolution": side(self.running_stage),
            "alpha": self.alpha,
            "images": self.images_seen,
        }

    def averaged_variables(self, name):
        averages, weights = (
            network.stage_weights(self.running_stage)
            for network in (getattr(self, f"ema_{name}"), getattr(self, name))
        )
        return zip(averages, weights)

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.running_stage = number(self.stage)

    # -------------------------------------------------------------- using

    def generate(
        self,
        num_images,
        *,
        latents=None,
        seed=None,
        batch_size=256,
        resolution=None,
        truncation=None,
    ):
        """Draws images of one resolution.

        Args:
            num_images: int, number of images.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same images on every
                backend.
            batch_size: int, images per call of the generator.
            resolution: int, height and width of the images in pixels: 4, 8
                and so on up to the current resolution. None is the current
                resolution, as far as it is faded in. The layers that make
                the colors of an earlier resolution do not change after the
                next one is faded in.
            truncation: float or None, as in `LatentGAN.generate`.

        Returns:
            numpy float32 array `(num_images, resolution, resolution,
            channels)` in [-1, 1].

        Raises:
            ValueError: if the resolution has not been trained, or the prior
                cannot be truncated.
        """
        latents = self.given_or_drawn(num_images, latents, seed, truncation)
        stage, alpha = self.stage_of(resolution)
        images = self.best("generator").draw(latents, stage, alpha, batch_size)
        return np.clip(images, -1, 1)

    def servable(self, name):
        """Returns a network of one stage, in the form that is exported.

        The generator takes latents alone, and makes the images of the
        resolution that was trained last, as `generate` does.

        Args:
            name: attribute name of a network.
        """
        network = super().servable(name)
        if name != "generator":
            return network
        run = _OfStage(network, *self.stage_of(None))
        latents = keras.Input((self.latent_dim,), name="latents")
        labels = labels_input(getattr(self, "num_classes", None))
        given = inputs(latents, labels)
        return keras.Model(given, run(given), name="generator")

    def stage_of(self, resolution):
        """Returns the stage of a resolution, and how far it is faded in.

        Args:
            resolution: int, or None for the current resolution.

        Raises:
            ValueError: if the resolution has not been trained.
        """
        if resolution in (None, self.resolution):
            return number(self.stage), number(self.alpha)
        trained = self.resolutions
        if resolution not in trained:
            raise ValueError(
                "Expected a resolution that has been trained: "
                f"{', '.join(map(str, trained))}. "
                f"Received: resolution={resolution}"
            )
        return self.first_stage + trained.index(resolution), 1.0


class _OfStage(keras.layers.Layer):
    """Latents (and labels) to images of one stage.

    Args:
        generator: network that grows.
        stage: int.
        alpha: float, how far the layers of the stage are faded in.
    """

    def __init__(self, generator, stage, alpha):
        super().__init__()
        self.generator, self.stage, self.alpha = generator, stage, alpha

    def call(self, given):
        given = given if isinstance(given, list) else [given]
        alphas = ops.full_like(given[0][:, 0], self.alpha)
        images = self.generator([*given, alphas], stage=self.stage)
        return ops.clip(images, -1, 1)


class _Latest(keras.metrics.Metric):
    """Keeps the last value instead of the mean over the epoch."""

    def __init__(self, name):
        super().__init__(name=name)
        self.latest = self.add_variable(
            (), "zeros", aggregation="only_first_replica", name="latest"
        )

    def update_state(self, value, sample_weight=None):
        self.latest.assign(ops.cast(value, self.dtype))

    def result(self):
        return ops.convert_to_tensor(self.latest)
