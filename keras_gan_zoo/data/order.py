"""Batches in an order that depends only on the seed and the pass."""

import tensorflow as tf

from keras_gan_zoo.files.position import Position

# Neighbors in a streamed set that are shuffled together. TFDS shuffled the
# whole set when it prepared the examples.
SHUFFLED_TOGETHER = 2048


def scaled(images):
    """Scales uint8 images to floats in [-1, 1]. Floats are unchanged."""
    if images.dtype == tf.uint8:
        return tf.cast(images, tf.float32) / 127.5 - 1.0
    return images


def mirrored(batch, key):
    """Mirrors a random half of the images of a batch, left to right.

    Args:
        batch: images `(batch, height, width, channels)`, or a tuple of images
            and what belongs to them.
        key: int64 tensor `(2,)`, decides which images.
    """
    images, *others = batch if isinstance(batch, tuple) else (batch,)
    draws = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), key)
    images = tf.where(draws < 0.5, images[:, :, ::-1], images)
    return (images, *others) if others else images


def _num_batches(num, batch_size):
    if not 1 <= batch_size <= num:
        raise ValueError(
            "Only whole batches are made. Expected a batch_size between 1 "
            f"and {num}, the number of images. "
            f"Received: batch_size={batch_size}"
        )
    return num // batch_size


def gathered(take, num, batch_size, seed, augment=None):
    """Makes batches of the examples that `take(indices)` looks up.

    The order of a pass is a pseudo-random permutation of the indices, given
    by (seed, pass). It is computed index by index, without a buffer.

    Args:
        take: function of int64 indices `(batch,)` that returns a batch.
        num: int, the number of examples.
        batch_size: int, examples per batch.
        seed: int, seed of the order.
        augment: function `(batch, key)` that changes a batch at random. The
            key is an int64 tensor `(2,)`, another one for each batch. Or None.
    """

    def from_places(places):
        return take(_shuffled(places, num, batch_size, seed))

    order = {"seed": seed, "batch_size": batch_size, "examples": num}
    num_batches = _num_batches(num, batch_size)
    return _numbered(from_places, num_batches, order, augment)


def gathered_apart(takes, nums, batch_size, seed, augment=None):
    """Makes batches of tuples from two unrelated sets.

    A pass is one pass through the larger set. The smaller set starts again,
    in a new order, whenever it ends.

    Args:
        takes: two functions, each like `take` of `gathered`.
        nums: two ints, the numbers of examples.
        batch_size: int, examples of each set per batch.
        seed: int, seed of the order.
        augment: function `(batch, key)`, as for `gathered`, or None.
    """

    def from_places(places):
        return tuple(
            take(_shuffled(places, num, batch_size, seed + index))
            for index, (take, num) in enumerate(zip(takes, nums))
        )

    order = {"seed": seed, "batch_size": batch_size, "examples": [*nums]}
    num_batches = max(_num_batches(num, batch_size) for num in nums)
    return _numbered(from_places, num_batches, order, augment)


def _shuffled(places, num, batch_size, seed):
    """Returns indices of the examples at places in an endless order."""
    # Each round through the examples has whole batches: none spans two rounds.
    used = num // batch_size * batch_size
    key = _key(seed, places[0] // used)
    return tf.random.experimental.index_shuffle(places % used, key, num - 1)


def _key(seed, number):
    return tf.stack([tf.constant(seed, tf.int64), number])


def _numbered(from_places, num_batches, order, augment):
    """Makes batches of consecutive places, all passes in a row."""
    batch_size, seed = order["batch_size"], order["seed"]

    def one_pass(epoch, first):
        numbers = tf.data.Dataset.range(num_batches)
        return numbers.map(
            lambda n: epoch * num_batches + (n + first) % num_batches
        )

    def batch(number):
        places = number * batch_size + tf.range(batch_size, dtype=tf.int64)
        examples = from_places(places)
        if augment is not None:
            examples = augment(examples, _key(seed, number))
        return examples

    return _passes(one_pass, num_batches, batch, order)


def streamed(source, num, batch_size, seed):
    """Makes batches of a source that is too large for memory, in sequence."""
    num_batches = _num_batches(num, batch_size)

    def one_pass(epoch, first):
        def shuffle(number, block):
            key = tf.stack([seed + epoch, number])
            size = tf.shape(tf.nest.flatten(block)[0])[:1]
            order = tf.argsort(tf.random.stateless_uniform(size, key))
            return tf.nest.map_structure(lambda t: tf.gather(t, order), block)

        # Dataset.shuffle takes a new seed for each pass only if the global
        # seed is not 0.
        blocks = source.batch(SHUFFLED_TOGETHER).enumerate()
        examples = blocks.map(shuffle).unbatch()
        batches = examples.batch(batch_size, drop_remainder=True)
        return batches.skip(first).concatenate(batches.take(first))

    def scale(*batch):
        images = scaled(batch[0])
        if len(batch) == 1:
            return images
        return images, tf.cast(batch[1], tf.int32)

    order = {"seed": seed, "batch_size": batch_size, "examples": num}
    return _passes(one_pass, num_batches, scale, order)


def _passes(one_pass, num_batches, finish, order):
    """Yields pass after pass, each from where `position` says."""
    position = Position(**order)
    number = tf.TensorSpec((), tf.int64)
    starts = tf.data.Dataset.from_generator(
        position, output_signature=(number, number)
    )
    dataset = starts.flat_map(one_pass).map(finish, tf.data.AUTOTUNE)
    known_length = tf.data.experimental.assert_cardinality(num_batches)
    dataset = dataset.apply(known_length).prefetch(tf.data.AUTOTUNE)
    # Each of several machines takes its part of every batch. Together they
    # see each example once a pass, in the same order as one machine.
    options = tf.data.Options()
    # The thread that tunes a pipeline sleeps for as long as the iterator has
    # existed, up to a minute. A training that stops may have to wait for it.
    options.autotune.enabled = False
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    dataset = dataset.with_options(options)
    dataset.position = position
    return dataset
