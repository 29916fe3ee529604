"""Adaptive augmentation: its draws, its control and its second derivative."""

import json
import math

import keras
import numpy as np
import pytest
from checks import float64, set_weights, to_numpy
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import (
    AdaptiveAugment,
    AdaptivePolicy,
    DiffAugment,
    adaptive,
    augmentation_layer,
)
from keras_gan_zoo.objectives import penalties

SHAPE = 16, 12  # height and width


class Fed:
    """Draws that are given; those that are not given let nothing happen."""

    def __init__(self, uniform=(), normal=(), least=0.9):
        self.uniforms = {**dict.fromkeys(range(21), least), **dict(uniform)}
        self.normals = {**dict.fromkeys(range(7), 0.5), **dict(normal)}
        self.count = [0, 0]

    def uniform(self):
        self.count[0] += 1
        return ops.convert_to_tensor([self.uniforms[self.count[0] - 1]])

    def normal(self):
        self.count[1] += 1
        return ops.convert_to_tensor([self.normals[self.count[1] - 1]])


def map_of(uniform=(), normal=(), p=0.5):
    draws = Fed(uniform, normal)
    return to_numpy(adaptive.geometry(draws, ops.convert_to_tensor(p), *SHAPE))


def colors_of(uniform=(), normal=(), p=0.5):
    draws = Fed(uniform, normal)
    return to_numpy(adaptive.colors(draws, ops.convert_to_tensor(p)))[0]


def turn(angle):
    c, s = np.cos(angle), np.sin(angle)
    return [[c, -s, 0], [s, c, 0], [0, 0, 1]]


# The place of each number among the draws, and what the paper makes of it. The
# maps go from the result to the image, so that scales and shifts are inverse.
GEOMETRY = {
    "flip": ({0: 0.5, 1: 0.4}, {}, np.diag([-1, 1, 1])),
    "no flip": ({0: 0.49, 1: 0.4}, {}, np.eye(3)),
    "a quarter turn": ({2: 0.25, 3: 0.4}, {}, turn(np.pi / 2)),
    "three quarters": ({2: 0.99, 3: 0.4}, {}, turn(-np.pi / 2)),
    # An eighth of 16 rows and 12 columns: 2 rows, 1.5 columns.
    "shift": (
        {4: 0.99, 5: 0.0, 6: 0.4},
        {},
        [[1, 0, -1], [0, 1, 2], [0, 0, 1]],
    ),
    "scale": ({7: 0.4}, {0: 2.0}, np.diag([2**-0.4, 2**-0.4, 1])),
    # With p = 0.5 each of the two happens with 0.2929.
    "rotation before": ({8: 0.75, 9: 0.29}, {}, turn(np.pi / 2)),
    "no rotation": ({8: 0.75, 9: 0.3}, {}, np.eye(3)),
    "aspect ratio": ({10: 0.4}, {1: 2.0}, np.diag([2**-0.4, 2**0.4, 1])),
    "rotation after": ({11: 0.75, 12: 0.29}, {}, turn(np.pi / 2)),
    "shift by parts": (
        {13: 0.4},
        {2: 0.2, 3: -2.0},
        [[1, 0, -0.3], [0, 1, 4], [0, 0, 1]],
    ),
}
GRAY = np.full((3, 3), 1 / 3)


def with_shift(matrix, added=0.0):
    full = np.eye(4)
    full[:3, :3], full[:3, 3] = matrix, added
    return full


COLORS = {
    "brightness": ({0: 0.4}, {0: 2.0}, with_shift(np.eye(3), 0.4)),
    "contrast": ({1: 0.4}, {1: 2.0}, with_shift(2 * np.eye(3))),
    "flip": ({2: 0.5, 3: 0.4}, {}, with_shift(np.eye(3) - 2 * GRAY)),
    "no flip": ({2: 0.4, 3: 0.4}, {}, np.eye(4)),
    # By half a turn: minus the colors, twice the gray.
    "hue": ({4: 0.0, 5: 0.4}, {}, with_shift(2 * GRAY - np.eye(3))),
    "saturation": (
        {6: 0.4},
        {2: 2.0},
        with_shift(GRAY + 4 * (np.eye(3) - GRAY)),
    ),
}


@pytest.mark.parametrize("name", GEOMETRY)
def test_each_map_alone(name):
    uniform, normal, expected = GEOMETRY[name]
    np.testing.assert_allclose(map_of(uniform, normal)[0], expected, atol=1e-5)


@pytest.mark.parametrize("name", COLORS)
def test_each_change_of_colors_alone(name):
    uniform, normal, expected = COLORS[name]
    np.testing.assert_allclose(
        colors_of(uniform, normal)[:3], expected[:3], atol=1e-5
    )


def test_all_maps_in_the_order_of_the_paper():
    names = [n for n in GEOMETRY if not n.startswith(("no", "three"))]
    uniform, normal = (
        {k: v for n in names for k, v in GEOMETRY[n][part].items()}
        for part in (0, 1)
    )
    expected = np.eye(3)
    for name in names:
        expected = expected @ np.array(GEOMETRY[name][2])
    np.testing.assert_allclose(map_of(uniform, normal)[0], expected, atol=1e-5)


def test_all_changes_of_colors_in_the_order_of_the_paper():
    names = [n for n in COLORS if n != "no flip"]
    uniform, normal = (
        {k: v for n in names for k, v in COLORS[n][part].items()}
        for part in (0, 1)
    )
    expected = np.eye(4)
    for name in names:
        expected = COLORS[name][2] @ expected
    np.testing.assert_allclose(
        colors_of(uniform, normal)[:3], expected[:3], atol=1e-4
    )


def test_the_draws_are_as_many_as_the_changes_take():
    draws = Fed()
    adaptive.geometry(draws, ops.convert_to_tensor(0.5), *SHAPE)
    adaptive.colors(draws, ops.convert_to_tensor(0.5))
    assert draws.count == [adaptive.UNIFORMS, adaptive.NORMALS]


@pytest.fixture
def images(rng):
    return rng.uniform(-1, 1, (64, 9, 6, 3)).astype("float32")


def layer_with(p, seed=0, **kwargs):
    layer = AdaptiveAugment(seed=seed, **kwargs)
    layer.build((None, 9, 6, 3))
    layer.p.assign(p)
    return layer


@pytest.mark.parametrize("channels", [1, 3])
def test_with_p_0_nothing_changes(channels, images):
    images = images[..., :channels]
    found = layer_with(0.0)(images, training=True)
    np.testing.assert_array_equal(to_numpy(found), images)


@pytest.mark.parametrize("channels", [1, 3])
def test_with_p_1_all_changes(channels, images):
    images = images[..., :channels]
    found = to_numpy(layer_with(1.0)(images, training=True))
    assert found.shape == images.shape
    assert np.isfinite(found).all()
    assert np.abs(found - images).mean(axis=(1, 2, 3)).min() > 1e-2
    # Images differ in how they change.
    assert np.abs(found[0] - found[1]).mean() > 1e-2


def test_p_is_how_often_an_image_changes():
    # A ramp to the right, of which every map but whole turns makes another.
    images = np.broadcast_to(
        np.linspace(-1, 1, 16).reshape(1, 1, 16, 1), (2000, 16, 16, 1)
    ).astype("float32")
    p = 0.1
    layer = layer_with(p)
    found = [to_numpy(layer(images, training=True)) for _ in range(4)]
    changed = (np.abs(found - images) > 1e-4).any(axis=(2, 3, 4)).mean()
    # Half the flips of both kinds, a quarter of the turns and, of 16 columns,
    # a fifth of the shifts (2 at most) do nothing; hue, saturation never do.
    # The rest, among them a rotation with probability p, always does.
    kept = (1 - p / 2) ** 2 * (1 - 0.75 * p) * (1 - 0.8 * p) * (1 - p) ** 6
    # 0.03 is more than five standard deviations.
    assert changed == pytest.approx(1 - kept, abs=0.03)


def test_outside_of_training_nothing_changes(images):
    found = layer_with(1.0)(images)
    np.testing.assert_array_equal(to_numpy(found), images)


def test_the_seed_decides_and_draws_go_on(images):
    layer = layer_with(0.8)
    first, second = (to_numpy(layer(images, training=True)) for _ in range(2))
    again = to_numpy(layer_with(0.8)(images, training=True))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - second).mean() > 1e-2


def slope_of(function, h=5e-3):
    """Of fourth order: PyTorch rounds some of float64 to float32."""
    weights = {2 * h: -1, h: 8, -h: -8, -2 * h: 1}
    return sum(w * function(x) for x, w in weights.items()) / (12 * h)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_gradient_of_r1_against_differences(channels, rng):
    """The penalty of the images before they are changed, as in the paper."""
    with float64():
        inputs = keras.Input((6, 5, channels))
        augment = AdaptiveAugment(p=0.7, seed=3, dtype="float64")
        x = augment(inputs)
        x = keras.layers.Conv2D(3, 3, activation="softplus")(x)
        x = keras.layers.Dense(1)(keras.layers.Flatten()(x))
        network = keras.Model(inputs, x)
        set_weights(network, 0.3)
        seed = to_numpy(augment.seed_generator.state)
        images = rng.normal(size=(5, 6, 5, channels))

        def discriminator(images):
            augment.seed_generator.state.assign(seed)
            return network(images, training=True)

        def squared_norms():
            return penalties.squared_gradient_norm(
                discriminator, ops.convert_to_tensor(images, "float64")
            )

        variables = network.trainable_variables
        before = [to_numpy(v) for v in variables]
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": ops.mean(squared_norms()) / 2}, None),
            {"one": (variables, optimizer)},
        )
        slopes = [b - to_numpy(v) for b, v in zip(before, variables)]
        for v, b in zip(variables, before):
            v.assign(b)

        def reference():
            return to_numpy(ops.stop_gradient(squared_norms())).mean() / 2

        # The slopes by the images, along a line in which all pixels move.
        way = rng.normal(size=images.shape)
        found = engine.input_gradient(
            discriminator, ops.convert_to_tensor(images, "float64")
        )
        found = (to_numpy(ops.stop_gradient(found)) * way).sum(axis=(1, 2, 3))

        def logits(h):
            moved = ops.convert_to_tensor(images + h * way, "float64")
            return to_numpy(ops.stop_gradient(discriminator(moved)))[:, 0]

        largest = np.abs(found).max()
        np.testing.assert_allclose(
            found, slope_of(logits), rtol=0, atol=1e-3 * largest
        )
        found, numeric = [], []
        for variable, start, slope in zip(variables, before, slopes):
            way = rng.normal(size=start.shape)
            way /= np.linalg.norm(way)
            found.append(np.sum(slope * way))

            def penalty(h, variable=variable, start=start, way=way):
                variable.assign(start + h * way)
                return reference()

            numeric.append(slope_of(penalty))
            variable.assign(start)
    largest = np.abs(numeric).max()
    assert largest > 1e-2
    np.testing.assert_allclose(found, numeric, rtol=0, atol=1e-3 * largest)


def test_the_control_follows_the_rule(rng):
    """Every 4 steps by the images since, up or down, within [0, 1]."""
    layer = layer_with(0.0, target=0.3, images=300)
    p, seen = 0.0, []
    for step in range(56):
        # First mostly positive, then mostly negative.
        mean = float(rng.uniform(0.2, 0.6) if step < 24 else -0.5)
        num = int(rng.integers(5, 30))
        layer.adjust(ops.convert_to_tensor(mean), num)
        seen.append((mean, num))
        if len(seen) == 4:
            means, nums = np.array(seen).T
            up = np.sign(np.average(means, weights=nums) - 0.3)
            p = float(np.clip(p + up * nums.sum() / 300, 0, 1))
            seen = []
        assert float(to_numpy(layer.p)) == pytest.approx(p, abs=1e-6)
    assert p == 0.0  # it fell all the way, and not further


def test_p_rises_to_1_in_the_given_number_of_images():
    layer = layer_with(0.0, images=64)
    for step in range(20):
        layer.adjust(1.0, 8)
        expected = min(1.0, 0.5 * ((step + 1) // 4))
        assert float(to_numpy(layer.p)) == expected


def test_a_fixed_p_stays():
    layer = AdaptiveAugment(p=0.3, images=10)
    layer.build((None, 8, 8, 3))
    for _ in range(8):
        layer.adjust(1.0, 10)
    assert float(to_numpy(layer.p)) == pytest.approx(0.3)


def test_nothing_but_p_and_what_it_needs_is_saved():
    layer = layer_with(0.5)
    assert not layer.trainable_variables
    assert [v.name for v in layer.weights] == ["p", "seen"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("target", 1.5), ("images", 0), ("p", -0.1), ("p", math.nan)],
)
def test_numbers_out_of_range(name, value):
    for make in (AdaptivePolicy, AdaptiveAugment):
        with pytest.raises(ValueError, match=f"Expected {name} from"):
            make(**{name: value})


def test_a_policy_makes_its_layer():
    policy = AdaptivePolicy(target=0.4, images=1000, p=0.2)
    config = keras.saving.serialize_keras_object(policy)
    for given in (policy, json.loads(json.dumps(config))):
        layer = augmentation_layer(given)
        assert layer.name == "augment"
        again = AdaptiveAugment.from_config(layer.get_config())
        assert again.policy.get_config() == policy.get_config()
    default = augmentation_layer("ada").policy.get_config()
    assert default == {"target": 0.6, "images": 500_000, "p": None}
    assert isinstance(augmentation_layer("cutout"), DiffAugment)
