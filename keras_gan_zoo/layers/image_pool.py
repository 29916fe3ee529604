"""The history of generated images (Shrivastava et al., 2017)."""

import keras
from keras import ops

from keras_gan_zoo import engine


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ImagePool(keras.layers.Layer):
    """Returns generated images of earlier steps in place of new images.

    The pool keeps a discriminator from forgetting what it has learned
    (https://arxiv.org/abs/1612.07828, section 2.3, in the form of CycleGAN,
    https://arxiv.org/abs/1703.10593, section 4). While the pool is not full,
    each new image is stored and returned. After that, each new image is
    returned with probability 1/2. Otherwise it replaces an image of the pool,
    and the replaced image is returned. The images of a batch have different
    places in the pool.

    The pool is a variable. It is changed inside the step on every backend,
    saved with the model and restored with it. Under `tf.distribute` there is
    one pool for the global batch, equal on all replicas.

    Args:
        size: int, number of images in the pool. 0 returns the new images.
        image_shape: tuple `(height, width, channels)`.

    Input: `(batch, height, width, channels)`, a global batch of at most
    `size` images unless `size` is 0. Output: the same shape.

    Example, a pool that is still filling up returns the new images:

    >>> pool = ImagePool(size=4, image_shape=(8, 8, 1))
    >>> images = keras.ops.ones((2, 8, 8, 1))
    >>> float(keras.ops.min(pool(images, seed=0))), int(pool.count)
    (1.0, 2)
    """

    def __init__(self, size, image_shape, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.image_shape = tuple(image_shape)
        state = {
            "initializer": "zeros",
            "trainable": False,
            "autocast": False,
            "aggregation": "only_first_replica",
        }
        self.images = self.add_weight(
            shape=(size, *self.image_shape), name="images", **state
        )
        self.count = self.add_weight(
            shape=(), dtype="int32", name="count", **state
        )
        self.built = True

    def call(self, images, seed):
        """Exchanges images with the pool.

        Args:
            images: tensor `(batch, height, width, channels)`, new images.
            seed: int or seed generator, decides which images are exchanged.
        """
        if self.size == 0:
            return images
        everywhere = engine.from_all_replicas(images)
        handed_out = self._exchanged(everywhere, seed)
        return engine.own_part(handed_out, ops.shape(images)[0])

    def _exchanged(self, images, seed):
        num = ops.shape(images)[0]
        kept, count = ops.convert_to_tensor(self.images), self.count
        place = ops.arange(self.size)
        # Empty places come first, in order. Then come filled places, at random.
        chance, coins = (
            engine.from_first_replica(
                keras.random.uniform((self.size,), seed=seed)
            )
            for _ in range(2)
        )
        empty = ops.cast(place - self.size, chance.dtype)
        order = ops.argsort(ops.where(place >= count, empty, chance))
        places = order[:num]
        fills = places >= count
        swaps = ops.logical_and(coins[:num] < 0.5, ops.logical_not(fills))

        def by_image(choice):
            return ops.reshape(choice, (-1, 1, 1, 1))

        old = ops.take(kept, places, axis=0)
        new = ops.cast(images, kept.dtype)
        handed_out = ops.where(by_image(swaps), old, new)
        stays = ops.where(by_image(ops.logical_or(swaps, fills)), new, old)
        self.images.assign(
            ops.scatter_update(kept, ops.expand_dims(places, 1), stays)
        )
        self.count.assign(
            ops.minimum(self.size, count + ops.cast(num, "int32"))
        )
        return ops.cast(handed_out, images.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "image_shape": list(self.image_shape),
        }
