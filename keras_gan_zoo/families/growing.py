"""What the architectures share that grow while they train."""

import functools
import math

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import optimizers
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.objectives.growth import Growth, per_stage, side


class GrowingGAN(LatentGAN):
    """Abstract base of the models that begin with small images.

    A stage is a resolution. Python's own number of the stage is part of the
    compiled step: each stage is traced anew, so that its step holds no more
    than it needs. How far its new layers are faded in is computed in the
    step. A subclass has networks with `stage_weights(stage)` and a generator
    with `draw(latents, stage, alpha, batch_size)`; its steps run stage
    `self.running_stage`.

    Args:
        image_shape: tuple `(side, side, channels)`, the final one.
        latent_dim: int, length of the latent vectors.
        num_stages: int, how many resolutions there are.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    def __init__(self, image_shape, latent_dim, num_stages, **kwargs):
        super().__init__(image_shape, latent_dim, **kwargs)
        self.num_stages = num_stages
        #: Real images that the discriminator has seen.
        self.images_seen = self._add_state("images_seen", 0, "int32")
        #: The stage that was trained last, and how far it is faded in.
        self.stage = self._add_state("stage", 0, "int32")
        self.alpha = self._add_state("alpha", 1, "float32")
        self.running_stage = self._tested_stage = 0
        self._largest_batch = None
        self._calls_left = 0

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
    def resolution(self):
        """Side of the images of the stage that was trained last."""
        return side(_number(self.stage))

    @property
    def resolutions(self):
        """Sides of the images that have been trained, a list."""
        return [side(stage) for stage in range(_number(self.stage) + 1)]

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

    def fit(self, *args, **kwargs):
        """As `GAN.fit`; the networks grow on the way."""
        try:
            return super().fit(*args, **kwargs)
        finally:
            self._largest_batch, self._calls_left = None, 0

    def check_batch_size(self, num):
        least = max(self.batch_parts) * self.discriminator_steps
        if num < least:
            raise ValueError(
                f"Each batch is cut into {least} minibatches, the largest of "
                "batch_parts times discriminator_steps. Expected at least as "
                f"many images. Received: a batch of {num}."
            )
        self._largest_batch = num

    def make_train_function(self, force=False):
        """A train function that compiles the step of each stage in turn."""
        if self.train_function is not None and not force:
            return
        compiled = {}

        def train_function(*arguments):
            if self._calls_left < 1:
                arguments = engine.between_steps(self, self._grow, arguments)
            self._calls_left -= 1
            if self.running_stage not in compiled:
                compiled.clear()  # the last stage's is not needed again
                compiled[self.running_stage] = self._compiled_step()
                self.train_function = train_function
            return compiled[self.running_stage](*arguments)

        self.train_function = train_function

    def _compiled_step(self):
        make = functools.partial(super().make_train_function, force=True)
        engine.retraced(self, "train_step", make)
        return self.train_function

    def _grow(self):
        """Enters the stage that is due, between two steps."""
        images = _number(self.images_seen)
        self.running_stage = self.growth.stage(images)
        if self.running_stage != _number(self.stage):
            self.stage.assign(self.running_stage)
            if self.reset_optimizers:
                for optimizer in self.optimizer.optimizers:
                    optimizers.reset_optimizer(optimizer)
        self._calls_left = self._calls_in_stage(images)

    def _calls_in_stage(self, images):
        """For how many calls of the train function no stage can end.

        Reading the counter would make each step wait for the one before.
        """
        if self._largest_batch is None:
            return 1
        left = self.growth.images_left(images)
        if left is None:
            return math.inf
        return -(-left // (self._largest_batch * self.steps_per_execution))

    def make_test_function(self, force=False):
        stage = self.running_stage = _number(self.stage)
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

    def parts(self, images):
        """The minibatches of a batch at the stage that runs."""
        parts = self.batch_parts[self.running_stage]
        return [images[part::parts] for part in range(parts)]

    def count(self, images):
        """Counts images that the discriminator has seen, on all devices."""
        num = ops.shape(images)[0] * engine.num_replicas()
        self.images_seen.assign_add(num)

    def fade_in(self):
        """Sets and returns alpha, from the images that were seen."""
        images = ops.cast(self.images_seen, "float32")
        alpha = self.growth.alpha(images, self.running_stage)
        alpha = ops.clip(ops.cast(alpha, "float32"), 0.0, 1.0)
        self.alpha.assign(alpha)
        return alpha

    def progress(self):
        """What the logs tell of how far the training is."""
        return {
            "resolution": side(self.running_stage),
            "alpha": self.alpha,
            "images": self.images_seen,
        }

    def _averages(self):
        averages, weights = (
            network.stage_weights(self.running_stage)
            for network in (self.ema_generator, self.generator)
        )
        return zip(averages, weights)

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.running_stage = _number(self.stage)

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
        latents = self._latents(num_images, latents, seed)
        stage, alpha = _number(self.stage), _number(self.alpha)
        if resolution not in (None, self.resolution):
            stage, alpha = self._trained_stage(resolution), 1.0
        images = self.sampler.draw(latents, stage, alpha, batch_size)
        return np.clip(images, -1, 1)

    def _trained_stage(self, resolution):
        trained = self.resolutions
        if resolution not in trained:
            raise ValueError(
                "Expected a resolution that has been trained: "
                f"{', '.join(map(str, trained))}. "
                f"Received: resolution={resolution}"
            )
        return trained.index(resolution)


def _number(variable):
    """The value of a scalar variable outside of a step, a Python number."""
    return ops.convert_to_numpy(variable).item()


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
