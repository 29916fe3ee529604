"""One test for each private name of Keras: red if Keras changes it.

Runs on the newest pre-release of Keras too, see `.ci/run`; so it needs
nothing of the package but the engine.
"""

import ast
import pathlib
import threading

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo.engine import keras_private

pytestmark = pytest.mark.keras_private

BACKEND = keras.backend.backend()
ROOT = pathlib.Path(__file__).parents[2]


def variable(value):
    return keras.Variable(np.array(value, "float32"))


def noisy_network():
    x = keras.Input((50,))
    inner = keras.Sequential([keras.Input((50,)), keras.layers.Dropout(0.5)])
    return keras.Model(x, keras.layers.GaussianNoise(1.0)(inner(x)))


def private_names(path):
    """Underscore names that a file uses and those that it defines."""
    used, defined = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                defined.add(name)
            case ast.Name(id=name):
                defined.add(name)
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                defined.add(node.attr)
            case ast.Attribute(attr=name) if name[:1] == "_" != name[1:2]:
                used.add(name)
            case ast.ImportFrom(module=name) if name.startswith("keras.src"):
                used.add(name)
    return used, defined


def test_no_other_file_uses_private_names():
    files = [
        *(ROOT / "keras_gan_zoo").rglob("*.py"),
        *(ROOT / "keras_gan_zoo_cli").rglob("*.py"),
    ]
    names = {path: private_names(path) for path in files}
    ours = set().union(*(defined for _, defined in names.values()))
    ours.add("_replace")  # of named tuples
    found = {
        path.name: used - ours
        for path, (used, _) in names.items()
        if used - ours
    }
    assert list(found) == ["keras_private.py"]
    assert "_initial_epoch" in found["keras_private.py"]


# ------------------------------------------------------------- optimizers


def test_adam_slots():
    variables = [variable([1.0]), variable([2.0, 3.0])]
    adam = keras.optimizers.Adam(beta_1=0.5, beta_2=0.75)
    adam.build(variables)
    gradients = [ops.array([0.0]), ops.array([4.0, -8.0])]
    adam.apply(gradients, variables)
    momentum, velocity = keras_private.adam_slots(adam, variables[1])
    np.testing.assert_allclose(ops.convert_to_numpy(momentum), [2, -4])
    np.testing.assert_allclose(ops.convert_to_numpy(velocity), [4, 16])


def test_sgd_slot():
    variables = [variable([1.0]), variable([2.0, 3.0])]
    sgd = keras.optimizers.SGD(0.5, momentum=0.5)
    sgd.build(variables)
    sgd.apply([ops.array([0.0]), ops.array([4.0, -8.0])], variables)
    momentum = keras_private.sgd_slot(sgd, variables[1])
    np.testing.assert_allclose(ops.convert_to_numpy(momentum), [-2, 4])


def test_trained_variables():
    variables = [variable([1.0]), variable([2.0, 3.0])]
    optimizer = keras.optimizers.SGD()
    optimizer.build(variables)
    found = keras_private.trained_variables(optimizer)
    assert [id(v) for v in found] == [id(v) for v in variables]


def test_own_variables_of_optimizer():
    optimizer = keras.optimizers.SGD(momentum=0.5)
    optimizer.build([variable([1.0])])
    found = keras_private.own_variables_of_optimizer(optimizer)
    assert [id(v) for v in found] == [id(v) for v in optimizer.variables]
    assert len(found) == 3  # iterations, learning rate, momentum


def test_is_of_one_backend():
    config = keras.saving.serialize_keras_object(keras.optimizers.Adam())
    of_one = keras_private.is_of_one_backend(config["module"])
    assert of_one == (BACKEND == "torch")


# ----------------------------------------------------------------- models


def test_own_variables():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    counter = model.add_weight(shape=(), trainable=False, name="counter")
    weight = model.add_weight(shape=(), name="weight")
    found = keras_private.own_variables(model)
    assert [id(v) for v in found] == [id(weight), id(counter)]


def test_layers_of():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    inputs = keras.Input((4,))
    network = keras.Model(inputs, keras.layers.Dense(1)(inner(inputs)))
    found = keras_private.layers_of(network)
    assert found[0] is network
    assert found.index(inner) < found.index(inner.layers[0])
    assert {*network.layers} < {*found}


def test_before_last_kernel():
    inputs = keras.Input((4,))
    first = keras.layers.Dense(3)(inputs)
    hidden = keras.layers.ReLU()(first)
    other = keras.layers.Dense(2)(hidden)  # the head of another output
    logits = keras.layers.Activation("linear")(keras.layers.Dense(1)(hidden))
    network = keras.Model(inputs, [logits, other])
    assert keras_private.before_last_kernel(network) is hidden
    body = keras.Model(inputs, hidden)
    assert keras_private.before_last_kernel(body) is body.input
    plain = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()])
    assert keras_private.before_last_kernel(plain) is None


def test_seed_generators():
    network = noisy_network()
    _, inner, noise = network.layers
    found = keras_private.seed_generators(network)
    expected = [noise.seed_generator, inner.layers[0].seed_generator]
    assert {id(g) for g in found} == {id(g) for g in expected}
    assert len(found) == 2
    again = keras_private.seed_generators(network)
    assert [id(g) for g in again] == [id(g) for g in found]


def test_set_initial_epoch():
    ran = []

    class Later(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            keras_private.set_initial_epoch(self.model, self.epoch)

        def on_epoch_begin(self, epoch, logs=None):
            ran.append(epoch)

    later, x = Later(), np.zeros((4, 2))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    for later.epoch in (1, None):
        model.fit(x, x[:, :1], epochs=3, verbose=0, callbacks=[later])
    assert ran == [1, 2, 0, 1, 2]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's trainer")
@pytest.mark.parametrize("bases", [(), (keras_private.NoSymbolicBuild,)])
def test_no_symbolic_build(bases):
    import tensorflow as tf

    built = []

    class Model(*bases, keras.Sequential):
        def _symbolic_build(self, *args, **kwargs):
            built.append(True)
            super()._symbolic_build(*args, **kwargs)

    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        model = Model([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    model.fit(np.zeros((4, 2)), np.zeros((4, 1)), batch_size=4, verbose=0)
    assert bool(built) == (not bases)


# -------------------------------------------------------------- variables


def test_set_initializer():
    with keras.StatelessScope():
        late = keras.Variable(keras.initializers.Zeros(), shape=(2,))
        keras_private.set_initializer(late, keras.initializers.Constant(5))
    np.testing.assert_array_equal(ops.convert_to_numpy(late), [5, 5])


def test_child_scope():
    read, written, bound = variable(1.0), variable(1.0), variable(1.0)
    with keras.StatelessScope([(read, ops.array(2.0))]) as outer:
        with keras_private.ChildScope([(bound, ops.array(3.0))]) as scope:
            assert to_numpy(read) == 2
            assert to_numpy(bound) == 3
            written.assign(4.0)
            assert to_numpy(written) == 4
        variables, (value,) = scope.updates()
        assert [id(v) for v in variables] == [id(written)]
        assert to_numpy(value) == 4
        assert outer.get_current_value(written) is None
    assert [to_numpy(v) for v in (read, written, bound)] == [1, 1, 1]


# ---------------------------------------------------------- random numbers


@pytest.mark.parametrize(
    "layer",
    [keras.layers.Dropout(0.5, seed=1)]
    + [
        keras.layers.GaussianNoise(1.0, seed=1),
        keras.layers.GaussianDropout(0.5, seed=1),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_changed_seeds(layer):
    x = ops.ones((1, 200))

    def drawn(state):
        layer.seed_generator.state.assign(state)
        return ops.convert_to_numpy(layer(x, training=True))

    with keras_private.changed_seeds(lambda seed: seed + 2):
        changed = drawn([5, 7])
    np.testing.assert_array_equal(changed, drawn([7, 9]))
    assert np.any(changed != drawn([5, 7]))


def test_scopes_end_in_any_order():
    """As the threads of two replicas leave them."""
    original = keras.random.SeedGenerator.next
    scope = keras_private.changed_seeds(lambda seed: seed + 1)
    seeds = keras.random.SeedGenerator(0)
    first_is_out = threading.Event()

    def second_replica():
        with scope:
            first_is_out.wait(60)
            drawn.append(ops.convert_to_numpy(seeds.next()).tolist())

    drawn, second = [], threading.Thread(target=second_replica)
    with scope:
        second.start()
        while scope.depth < 2:
            pass
    first_is_out.set()
    second.join()
    assert drawn == [[1, 1]]
    assert keras.random.SeedGenerator.next is original
    with pytest.raises(KeyError), scope:
        raise KeyError
    assert keras.random.SeedGenerator.next is original


@pytest.mark.skipif(BACKEND != "torch", reason="PyTorch's dropout")
def test_seeded_dropout():
    x, seeded = ops.ones((4, 50)), keras.layers.Dropout(0.5, seed=7)
    layer = keras.layers.Dropout(0.5)

    def drawn(layer):
        layer.seed_generator.state.assign([7, 0])
        return ops.convert_to_numpy(layer(x, training=True))

    with keras_private.seeded_dropout():
        first, second = drawn(layer), drawn(layer)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, drawn(seeded))
    # What it is for: without it the saved state is not looked at.
    assert np.any(drawn(layer) != first)


# ----------------------------------------------------- losses of networks


class Loud(keras.layers.Layer):
    """Adds the mean of its inputs to the loss."""

    def call(self, inputs):
        self.add_loss(ops.mean(inputs))
        return inputs


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (keras.layers.Dense(1, kernel_regularizer="l2"), False),
        (keras.layers.Dense(1, activity_regularizer="l2"), True),
        (Loud(), True),
    ],
    ids=["weights", "activity", "add_loss"],
)
def test_losses_of_outputs_are_seen(layer, expected):
    network = keras.Sequential([keras.Input((2,)), layer])
    network(np.ones((1, 2), "float32"))
    assert keras_private.has_losses_of_outputs(network) == expected
