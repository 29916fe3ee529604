"""Samples that each have a seed of their own, to find them again."""

import numpy as np


def from_seeds(gan, seeds, **condition):
    """Makes a sample from each seed.

    The sample of a seed does not depend on the other seeds: it is
    `gan.generate(1, seed=seed, **condition)`. So you may look at many seeds,
    note the best ones, and make these again, with other settings if you like.

    Args:
        gan: a model that makes samples from latents.
        seeds: sequence of ints.
        **condition: further arguments of `gan.generate`, such as `truncation`
            or `codes`. `labels` is one class for all samples or a sequence of
            one for each seed. Without it, all samples have the first class.

    Returns:
        numpy float32 array, for images `(seeds, height, width, channels)` in
        [-1, 1].

    Raises:
        ValueError: if there are no seeds, or not as many labels as seeds.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> from_seeds(gan, [85, 265, 297]).shape
    (3, 8, 8, 1)
    """
    seeds = list(seeds)
    if not seeds:
        raise ValueError("Expected at least one seed. Received: none.")
    settings = [condition] * len(seeds)
    labels = condition.get("labels")
    if labels is not None and not isinstance(labels, str) and np.ndim(labels):
        if len(labels) != len(seeds):
            raise ValueError(
                "Expected one label for all samples, or one for each of "
                f"{len(seeds)} seeds. Received: {len(labels)} labels."
            )
        settings = [{**condition, "labels": [label]} for label in labels]
    samples = [
        gan.generate(1, seed=seed, **chosen)
        for seed, chosen in zip(seeds, settings)
    ]
    return np.concatenate(samples)
