"""A picture of mixed styles: each row crossed with each column."""

import numpy as np


def style_grid(
    gan, layers, rows=4, columns=6, seed=0, labels=None, truncation_psi=None
):
    """Makes images: each source at the left crossed with each at the top.

    As in figure 3 of StyleGAN (Karras et al., 2019,
    https://arxiv.org/abs/1812.04948). The first column and the first row are
    the sources. Each other image has the styles of its row, except in
    `layers`, where it has the styles of its column. The corner is white.

    Args:
        gan: a model with styles, such as `StyleGAN2`.
        layers: list of ints or range, numbers of layers from 0 (the coarsest)
            on: `range(0, 4)` takes pose and shape from the columns, and
            `range(8, gan.generator.num_styles)` takes colors.
        rows: int, number of sources at the left.
        columns: int, number of sources at the top.
        seed: int, seed of the latents of all sources.
        labels: int or name of the class of all images, or None.
        truncation_psi: float or None, as in `gan.generate`.

    Returns:
        Float array `(rows + 1, columns + 1, height, width, channels)`.

    Raises:
        ValueError: if the model has no styles, or not these layers.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.StyleGAN2(
    ...     (8, 8, 1), latent_dim=8, style_dim=8, channel_max=8
    ... )
    >>> style_grid(gan, layers=range(2), rows=2, columns=3).shape
    (3, 4, 8, 8, 1)
    """
    if not hasattr(gan, "mix_styles"):
        raise ValueError(
            "Only a model with styles can mix them. Expected a model with the "
            f"method mix_styles. Received: {type(gan).__name__}."
        )
    styles = gan.styles(
        rows + columns, seed=seed, labels=labels, truncation_psi=truncation_psi
    )
    layers, known = list(layers), styles.shape[1]
    if not layers or not set(layers) <= set(range(known)):
        raise ValueError(
            "Layers are numbered from the coarsest to the finest. Expected "
            f"numbers from 0 to {known - 1}. Received: layers={layers}."
        )
    sources = gan.generate_from_styles(styles)
    left, top = sources[:rows], sources[rows:]
    mixed = gan.mix_styles(styles[:rows], styles[rows:], layers)
    corner = np.ones_like(sources[:1])
    first = np.concatenate([corner, top])[None]
    others = np.concatenate([left[:, None], mixed], axis=1)
    return np.concatenate([first, others])
