"""How many floating point operations a TensorFlow training step takes.

Counts matrix products and convolutions, in both directions: of the graph of
one step, what is left when all is taken away that nothing needs, as
TensorFlow does before it runs the graph. A product and a sum count as two.
"""

import math

import tensorflow as tf


def flops_of_step(model, data):
    """Of one `train_step` on one batch.

    Args:
        model: a compiled `keras.Model` that has been trained.
        data: `tf.data.Dataset` of batches of a known size.
    """
    batch = next(iter(data))
    specs = tf.nest.map_structure(tf.TensorSpec.from_tensor, batch)
    # The traced function must not be the model's own, which fit goes on with.
    step = tf.function(lambda batch: model.train_step(batch))
    graph = step.get_concrete_function(specs)
    return sum(_flops(op) for op in _needed(graph))


def _needed(function):
    """The operations on which an output or a variable depends."""
    pending = [t.op for t in function.outputs]
    pending += [
        op for op in function.graph.get_operations() if op.op_def.is_stateful
    ]
    needed = {}
    while pending:
        op = pending.pop()
        if op.name not in needed:
            needed[op.name] = op
            pending += [t.op for t in op.inputs] + list(op.control_inputs)
    return needed.values()


def _size(tensor):
    return math.prod(tensor.shape.as_list())


def _flops(op):
    if op.type in ("MatMul", "BatchMatMulV2"):
        transposed = op.get_attr(
            "transpose_a" if op.type == "MatMul" else "adj_x"
        )
        inner = op.inputs[0].shape[-2 if transposed else -1]
        return 2 * _size(op.outputs[0]) * inner
    if op.type == "Conv2D":
        height, width, channels, _ = op.inputs[1].shape
        return 2 * _size(op.outputs[0]) * height * width * channels
    if op.type == "Conv2DBackpropInput":  # a transposed one's forward, too
        height, width, channels, _ = op.inputs[1].shape
        return 2 * _size(op.inputs[2]) * height * width * channels
    if op.type == "Conv2DBackpropFilter":
        height, width, channels, _ = op.outputs[0].shape
        return 2 * _size(op.inputs[2]) * height * width * channels
    return 0
