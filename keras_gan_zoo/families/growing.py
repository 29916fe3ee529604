"""What the architectures share that grow while they train."""

import contextlib
import functools
import math

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import optimizers
from keras_gan_zoo.families import controls
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.families.variants import number
from keras_gan_zoo.objectives.growth import Growth, per_stage, side


class GrowingGAN(LatentGAN):
    """Abstract base of the models that begin with small samples.

    A stage is a resolution. Python's own number of the stage is part of the
    compiled step: each stage is traced by itself, so that its step holds no
    more than it needs. How far its new layers are faded in is computed in the
    step. A subclass has networks with `stage_weights(stage)` and a generator
    with `draw(latents, stage, alpha, batch_size)`; its steps run stage
    `self.running_stage`.

    Args:
        sample: `keras_gan_zoo.modalities.Modality`, what it makes in the end.
        latent_dim: int, length of the latent vectors.
        num_stages: int, how many resolutions there are.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    def __init__(self, sample, latent_dim, num_stages, **kwargs):
        super().__init__(sample, latent_dim, **kwargs)
        self.num_stages = num_stages
        #: Real samples that the discriminator has seen.
        self.images_seen = self._add_state("images_seen", 0, "int32")
        #: The stage that was trained last, and how far it is faded in.
        self.stage = self._add_state("stage", 0, "int32")
        self.alpha = self._add_state("alpha", 1, "float32")
        self.running_stage = self._tested_stage = 0
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
            )
        ]

    @property
    def resolution(self):
        """Side of the images of the stage that was trained last."""
        return side(number(self.stage))

    @property
    def resolutions(self):
        """Sides of the images that have been trained, a list."""
        return [side(stage) for stage in range(number(self.stage) + 1)]

    # ---------------------------------------------------------- compiling

    def compile(
        self,
        *args,
        phase_images=800_000,
        batch_parts=1,
        reset_optimizers=True,
        **kwargs,
    ):
        """See `LatentGAN.compile`; three arguments more.

        Args:
            phase_images: int, images for which the layers of a resolution
                are faded in, and then for which they settle; or a list of
                ints, one for each resolution from 4x4 on. 4x4 has nothing to
                be faded in; the last resolution settles as long as `fit`
                goes on. `gan.growth.total` is the number of images of the
                whole schedule, counted from the model's very first on. 0:
                the final size from the start.
            batch_parts: int, into how many minibatches each batch is cut,
                an update of all players on each; or a list of one for each
                resolution. With batches of 64, `[1, 1, 1, 4]` trains on
                minibatches of 64 up to 16x16 and of 16 at 32x32.
            reset_optimizers: bool, whether the state of the optimizers is
                forgotten when a resolution comes in; learning rate schedules
                begin anew, too.

        Raises:
            ValueError: if an argument is out of range.
        """
        growth = Growth(phase_images, self.num_stages)
        parts = per_stage("batch_parts", batch_parts, self.num_stages, least=1)
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
        """Enters the stage that is due, between two steps."""
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
        """For how many calls of the train function no stage can end."""
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

    def parts(self, data):
        """Cuts a batch as `batch_parts` says for the stage that runs.

        Args:
            data: a batch as a step gets it.

        Returns:
            List of tuples of tensors.
        """
        parts = self.batch_parts[self.running_stage]
        members = self.members(data)
        return [
            tuple(member[part::parts] for member in members)
            for part in range(parts)
        ]

    def count(self, batch):
        """Counts images that the discriminator has seen, on all devices.

        Args:
            batch: tuple of tensors.
        """
        num = ops.shape(batch[0])[0] * engine.num_replicas()
        self.images_seen.assign_add(num)

    def fade_in(self):
        """Sets and returns alpha, from the images that were seen."""
        images = ops.cast(self.images_seen, "float32")
        alpha = self.growth.alpha(images, self.running_stage)
        alpha = ops.clip(ops.cast(alpha, "float32"), 0.0, 1.0)
        self.alpha.assign(alpha)
        return alpha

    def progress(self):
        """Logs how far the training is."""
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
    ):
        """Draws images of a resolution.

        Args:
            num_images: int, how many.
            latents: float array `(num_images, latent_dim)`, or None to draw
                them from the prior.
            seed: int, same seed, same images, on every backend; or None.
            batch_size: int, how many at a time.
            resolution: int, side of the images: 4, 8 and so on up to the one
                that is being trained, or None for that one, as far as it is
                faded in. The layers that make the colours of an earlier one
                are left as they were when the next one was faded in.

        Returns:
            numpy float32 array `(num_images, resolution, resolution,
            channels)` in [-1, 1].

        Raises:
            ValueError: if the resolution has not been trained.
        """
        latents = self.given_or_drawn(num_images, latents, seed)
        stage, alpha = number(self.stage), number(self.alpha)
        if resolution not in (None, self.resolution):
            stage, alpha = self._trained_stage(resolution), 1.0
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
        run = _OfStage(network, number(self.stage), number(self.alpha))
        latents = keras.Input((self.latent_dim,), name="latents")
        return keras.Model(latents, run(latents), name="generator")

    def _trained_stage(self, resolution):
        trained = self.resolutions
        if resolution not in trained:
            raise ValueError(
                "Expected a resolution that has been trained: "
                f"{', '.join(map(str, trained))}. "
                f"Received: resolution={resolution}"
            )
        return trained.index(resolution)


class _OfStage(keras.layers.Layer):
    """Latents to images of one stage.

    Args:
        generator: network that grows.
        stage: int.
        alpha: float, how far the layers of the stage are faded in.
    """

    def __init__(self, generator, stage, alpha):
        super().__init__()
        self.generator, self.stage, self.alpha = generator, stage, alpha

    def call(self, latents):
        alphas = ops.full_like(latents[:, 0], self.alpha)
        images = self.generator([latents, alphas], stage=self.stage)
        return ops.clip(images, -1, 1)


class _Latest(keras.metrics.Metric):
    """The last value instead of the mean over the epoch."""

    def __init__(self, name):
        super().__init__(name=name)
        self.latest = self.add_variable(
            (), "zeros", aggregation="only_first_replica", name="latest"
        )

    def update_state(self, value, sample_weight=None):
        self.latest.assign(ops.cast(value, self.dtype))

    def result(self):
        return ops.convert_to_tensor(self.latest)
