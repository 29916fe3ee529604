"""Statistics that half precision cannot hold."""

import keras
from keras import ops


def precise(x, layer):
    """Casts a tensor to the type in which `layer` computes statistics.

    Args:
        x: tensor.
        layer: `keras.layers.Layer`.

    Returns:
        The tensor in the compute dtype of the layer, in float32 at least.
    """
    return ops.cast(
        x, keras.backend.result_type(layer.compute_dtype, "float32")
    )
