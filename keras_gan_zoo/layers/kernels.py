"""Calls of a layer with another kernel than its own."""


def called_with(layer, kernel, inputs):
    """Calls a layer with another kernel. Its kernel variable does not change.

    Args:
        layer: a `Dense` or convolution layer that is built.
        kernel: tensor of the shape of `layer.kernel`.
        inputs: tensor, the inputs of the layer.

    Returns:
        Tensor, the outputs of the layer.

    Example:

    >>> import keras
    >>> dense = keras.layers.Dense(1)
    >>> _ = dense(keras.ops.ones((1, 2)))
    >>> twos = keras.ops.full((2, 1), 2.0)
    >>> float(called_with(dense, twos, keras.ops.ones((1, 2)))[0, 0])
    4.0
    """
    # If the layer is frozen, the kernel is not trainable.
    weights, state = (
        [kernel if variable is layer.kernel else variable for variable in some]
        for some in (layer.trainable_variables, layer.non_trainable_variables)
    )
    outputs, _ = layer.stateless_call(weights, state, inputs)
    return outputs
