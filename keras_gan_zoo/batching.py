"""Batches whose order is known: by seed and number of the pass alone."""

import tensorflow as tf

# Neighbours in a streamed set that are shuffled among themselves. TFDS has
# shuffled the examples as a whole when it prepared them.
SHUFFLED_TOGETHER = 2048


class Position:
    """Where in the data the next pass starts.

    `epoch` is the number of that pass, which decides the order; `batch` how
    many of its batches are left out, as they were seen already. A pass that
    leaves out some ends with the left out ones, so that its length is that
    of every other.
    """

    def __init__(self):
        self.epoch = 0
        self.batch = 0

    def __call__(self):
        """Yields `(epoch, batch)` once and moves on to the next pass."""
        start = self.epoch, self.batch
        self.epoch, self.batch = self.epoch + 1, 0
        yield start


def scaled(images):
    """Floats in [-1, 1] from uint8 images; floats stay as they are."""
    if images.dtype == tf.uint8:
        return tf.cast(images, tf.float32) / 127.5 - 1.0
    return images


def _num_batches(num, batch_size):
    if not 1 <= batch_size <= num:
        raise ValueError(
            "Only whole batches are made. Expected a batch_size between 1 "
            f"and the {num} images there are. "
            f"Received: batch_size={batch_size}"
        )
    return num // batch_size


def gathered(take, num, batch_size, seed):
    """Batches of the examples that `take(indices)` looks up.

    The order of a pass is a pseudo-random permutation of the indices by
    (seed, pass), computed index by index: nothing is buffered.
    """
    num_batches = _num_batches(num, batch_size)

    def one_pass(epoch, first):
        key = tf.stack([tf.constant(seed, tf.int64), epoch])

        def indices(batch):
            places = batch * batch_size + tf.range(batch_size, dtype=tf.int64)
            return tf.random.experimental.index_shuffle(places, key, num - 1)

        numbers = tf.data.Dataset.range(num_batches)
        return numbers.map(lambda n: indices((n + first) % num_batches))

    def with_shape(indices):
        return take(tf.ensure_shape(indices, (batch_size,)))

    return _passes(one_pass, num_batches, with_shape)


def streamed(source, num, batch_size, seed):
    """Batches of a source that is too large for memory, read in turn."""
    num_batches = _num_batches(num, batch_size)

    def one_pass(epoch, first):
        def shuffle(number, block):
            key = tf.stack([seed + epoch, number])
            size = tf.shape(tf.nest.flatten(block)[0])[:1]
            order = tf.argsort(tf.random.stateless_uniform(size, key))
            return tf.nest.map_structure(lambda t: tf.gather(t, order), block)

        # Dataset.shuffle takes a new seed for each pass only where the
        # global seed is not 0.
        blocks = source.batch(SHUFFLED_TOGETHER).enumerate()
        examples = blocks.map(shuffle).unbatch()
        batches = examples.batch(batch_size, drop_remainder=True)
        return batches.skip(first).concatenate(batches.take(first))

    def scale(*batch):
        images = scaled(batch[0])
        if len(batch) == 1:
            return images
        return images, tf.cast(batch[1], tf.int32)

    return _passes(one_pass, num_batches, scale)


def _passes(one_pass, num_batches, finish):
    """One pass after the other, each from where `position` says."""
    position = Position()
    number = tf.TensorSpec((), tf.int64)
    starts = tf.data.Dataset.from_generator(
        position, output_signature=(number, number)
    )
    dataset = starts.flat_map(one_pass).map(finish, tf.data.AUTOTUNE)
    known_length = tf.data.experimental.assert_cardinality(num_batches)
    dataset = dataset.apply(known_length).prefetch(tf.data.AUTOTUNE)
    dataset.position = position
    return dataset
