"""Float32 for statistics that need more than half precision."""

import keras
from keras import ops


def precise(x, layer):
    """Casts a tensor to the type in which `layer` computes statistics.

    Args:
        x: tensor.
        layer: `keras.layers.Layer`.

    Returns:
        The tensor in the compute dtype of the layer, or in float32 if that
        is more precise.
    """
    return ops.cast(
        x, keras.backend.result_type(layer.compute_dtype, "float32")
    )
