import keras
import numpy as np
import pytest
import tensorflow as tf
from checks import EAGERLY, AfterSteps, all_state, equal, to_numpy
from keras import layers

from keras_gan_zoo import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    ProGAN,
    VanillaGAN,
    callbacks,
    data,
    from_preset,
)
from keras_gan_zoo.callbacks import collapse_monitor as monitor
from keras_gan_zoo.callbacks import symptoms
from keras_gan_zoo.objectives import codes


def adam(rate):
    return keras.optimizers.Adam(rate, beta_1=0.5)


def vanilla(seed=0, generator=None, **settings):
    keras.utils.set_random_seed(seed)
    gan = VanillaGAN(
        (8, 8, 1),
        generator_units=(64, 64),
        discriminator_units=(48, 48),
        input_dropout=0,
        dropout=0,
        generator=generator,
        seed=seed,
    )
    gan.compile(**{"penalty": "r1", "ema_decay": 0.999, **settings})
    return gan


def dcgan(seed=0, **settings):
    keras.utils.set_random_seed(seed)
    gan = DCGAN((8, 8, 1), filters=16, seed=seed)
    gan.compile(**settings)
    return gan


def conditional(seed=0):
    keras.utils.set_random_seed(seed)
    gan = ConditionalGAN((8, 8, 1), filters=16, seed=seed)
    gan.compile(
        generator_optimizer=adam(5e-4), discriminator_optimizer=adam(5e-4)
    )
    return gan


def infogan(seed=0):
    keras.utils.set_random_seed(seed)
    tens = [codes.Categorical(10)]
    gan = InfoGAN((8, 8, 1), codes=tens, filters=16, units=64, seed=seed)
    gan.compile()
    return gan


def deaf_generator():
    """Learns one image: it does not listen to its latents."""
    return keras.Sequential(
        [
            keras.Input((100,)),
            layers.Rescaling(0.0),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="tanh"),
            layers.Reshape((8, 8, 1)),
        ]
    )


def alarms_of(gan, steps=200, images=None, **arguments):
    """The names of the alarms in a training on the digits."""
    if images is None:
        labels = "labels" in gan.reads
        images = data.digits(64, labels=labels, seed=gan.seed)
    watch = callbacks.CollapseMonitor(**arguments)
    gan.fit(
        images,
        epochs=-(-steps // len(images)),
        verbose=0,
        callbacks=[watch, AfterSteps(steps, end)],
    )
    return [name for _, name, _ in watch.alarms]


def end(model):
    model.stop_training = True


# ------------------------------------------------------- trainings, sick ones


@pytest.mark.parametrize(
    "settings",
    [
        {},
        pytest.param(
            {"loss": "wasserstein", "penalty": "wgan_gp"},
            marks=pytest.mark.slow,
        ),
    ],
    ids=["non_saturating", "wasserstein"],
)
def test_a_collapsed_generator_is_named(settings):
    gan = vanilla(generator=deaf_generator(), **settings)
    with pytest.warns(monitor.CollapseWarning, match="discriminator_steps"):
        assert alarms_of(gan) == ["mode collapse"]


@pytest.mark.slow
def test_a_generator_that_collapses_by_itself_is_named():
    gan = vanilla(generator_optimizer=adam(5e-2))
    with pytest.warns(monitor.CollapseWarning, match="nearest neighbor"):
        assert alarms_of(gan) == ["mode collapse"]


@pytest.mark.parametrize(
    "make", [vanilla, pytest.param(dcgan, marks=pytest.mark.slow)]
)
def test_a_frozen_generator_is_named(make):
    gan = make(generator_optimizer=adam(0.0))
    with pytest.warns(monitor.CollapseWarning, match="generator_optimizer"):
        assert alarms_of(gan) == ["generator frozen"]


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (vanilla, {"penalty": None}),
        pytest.param(dcgan, {}, marks=pytest.mark.slow),
    ],
    ids=["vanilla", "dcgan"],
)
def test_a_far_too_strong_discriminator_is_named(make, settings):
    gan = make(
        generator_optimizer=adam(2e-5),
        discriminator_optimizer=adam(5e-3),
        **settings,
    )
    with pytest.warns(monitor.CollapseWarning, match="penalty='r1'"):
        assert "discriminator wins" in alarms_of(gan)


def test_nan_in_the_data_is_named_and_stops_the_training():
    gan = vanilla()

    def spoil(number, images):
        return tf.where(number < 70, images, np.nan)

    images = data.digits(16).enumerate().map(spoil)
    with pytest.warns(monitor.CollapseWarning, match="Backup keeps"):
        assert alarms_of(gan, images=images) == ["not finite"]
    assert int(gan.steps) == 100


# ------------------------------------------------------------ healthy ones


@pytest.mark.parametrize(
    ("make", "seed"),
    [
        (vanilla, 0),
        pytest.param(dcgan, 2, marks=pytest.mark.slow),
        pytest.param(conditional, 4, marks=pytest.mark.slow),
        pytest.param(infogan, 5, marks=pytest.mark.slow),
    ],
)
def test_healthy_trainings_raise_no_alarm(make, seed):
    assert alarms_of(make(seed), steps=200) == []


# -------------------------------------------------------------- a bystander


@pytest.mark.parametrize(
    "make", [vanilla, pytest.param(dcgan, marks=pytest.mark.slow)]
)
def test_training_is_bit_identical_with_it(make):
    with_it, without = make(), make()
    alarms_of(with_it, steps=7, every_steps=2)
    without.fit(data.digits(64), verbose=0, callbacks=[AfterSteps(7, end)])
    assert equal(all_state(with_it), all_state(without))


def test_it_reads_nothing_between_its_checks():
    class Unread:
        def __float__(self):
            raise AssertionError("read")

    watch = callbacks.CollapseMonitor(every_steps=5)
    watch.set_params({"steps": 10})
    watch.set_model(vanilla())
    watch.on_train_begin()
    for batch in range(4):
        watch.on_train_batch_end(batch, {"d_loss": Unread()})
    with pytest.raises(AssertionError, match="read"):
        watch.on_train_batch_end(4, {"d_loss": Unread()})


def test_the_losses_are_those_of_each_step(monkeypatch):
    found = []

    def record(loss, d_losses, games, before):
        found.extend(d_losses)
        return {}

    monkeypatch.setattr(symptoms, "symptoms", record)
    alarms_of(vanilla(), steps=6, images=data.digits(599), every_steps=2)
    single, gan = [], vanilla()
    for batch in data.digits(599).repeat(2):
        history = gan.fit(batch, batch_size=599, verbose=0, shuffle=False)
        single.append(history.history["d_loss"][0])
    np.testing.assert_allclose(found, single, rtol=1e-4)


def spoil(model):
    """Writes NaN into a weight."""
    # The last layer's: rectifiers make 0 of NaN on some backends.
    bias = model.generator.weights[-1]
    bias.assign(to_numpy(bias) * np.nan)


@pytest.fixture(scope="module")
def straight():
    """The state after a training that nothing spoils."""
    gan = vanilla()
    gan.fit(data.digits(300), epochs=4, verbose=0)
    return all_state(gan)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("every", "good"),
    [
        ({"every_epochs": 1}, 10),
        pytest.param({"every_steps": 1}, 11, marks=pytest.mark.slow),
    ],
)
def test_the_last_good_backup_stays(tmp_path, every, good, straight):
    gan, watch = vanilla(), callbacks.CollapseMonitor(every_steps=5)

    def fit(gan, *more):
        backup = callbacks.Backup(tmp_path, **every)
        gan.fit(
            data.digits(300), epochs=4, verbose=0, callbacks=[backup, *more]
        )

    with pytest.warns(UserWarning) as warned:
        fit(gan, AfterSteps(12, spoil), watch)
    names = [w.message.name for w in warned if hasattr(w.message, "name")]
    assert names == ["not finite"]
    assert any("No backup at step 12" in str(w.message) for w in warned) == (
        "every_steps" in every
    )
    assert int(gan.steps) == 15  # where the next check was
    again = vanilla(seed=1)
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(int(self.model.steps))

    fit(again, Look())
    assert seen == [good]
    assert np.isfinite(again.generate(4, seed=0)).all()
    assert equal(all_state(again), straight)


def test_it_stops_at_the_end_of_an_epoch_too():
    gan, watch = vanilla(), callbacks.CollapseMonitor(every_steps=1000)
    with pytest.warns(monitor.CollapseWarning, match="Not finite at step 5"):
        gan.fit(
            data.digits(300),
            epochs=4,
            verbose=0,
            callbacks=[AfterSteps(1, spoil), watch],
        )
    assert int(gan.steps) == 5


def test_an_alarm_is_given_once_until_it_is_gone(monkeypatch):
    sick = iter([1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1])
    monkeypatch.setattr(
        symptoms,
        "symptoms",
        lambda *_: {"mode collapse": "seen."} if next(sick) else {},
    )
    watch = callbacks.CollapseMonitor(every_steps=1)
    with pytest.warns(monitor.CollapseWarning):
        vanilla().fit(data.digits(149), epochs=1, verbose=0, callbacks=[watch])
    assert [step for step, _, _ in watch.alarms] == [3, 11]


# ------------------------------------------------------------- translations


def pix2pix(**settings):
    gan = Pix2Pix((16, 16, 3), filters=4, patch=16, seed=0)
    gan.compile(**settings, **EAGERLY)
    return gan


def cyclegan():
    gan = CycleGAN((16, 16, 3), filters=4, num_blocks=1, patch=16, seed=0)
    gan.compile(**EAGERLY)
    return gan


def images_of(rng, num=16):
    return rng.uniform(-1, 1, (2, num, 16, 16, 3)).astype("float32")


@pytest.mark.parametrize(
    ("make", "spoilt"),
    [
        pytest.param(pix2pix, "generator", marks=pytest.mark.slow),
        (cyclegan, "generator_ba"),
    ],
)
def test_translations_that_do_not_depend_on_the_input(make, spoilt, rng):
    gan = make()
    for layer in getattr(gan, spoilt).layers:
        if "conv" in type(layer).__name__.lower():
            layer.kernel.assign(to_numpy(layer.kernel) * 0)
    if spoilt == "generator":  # JAX wants something to train of each player
        gan.optimizer["generator"].learning_rate = 0.0
    else:
        getattr(gan, spoilt).trainable = False
        gan.compile(**EAGERLY)  # which takes note of what is frozen
    watch = callbacks.CollapseMonitor(every_steps=1)
    with pytest.warns(monitor.CollapseWarning) as warned:
        gan.fit(*images_of(rng), batch_size=4, verbose=0, callbacks=[watch])
    names = [w.message.name for w in warned if hasattr(w.message, "name")]
    assert names == ["mode collapse"]


@pytest.mark.slow
def test_batches_of_one_image(rng):
    gan, watch = pix2pix(), callbacks.CollapseMonitor(every_steps=1)
    batches = tf.data.Dataset.from_tensor_slices(tuple(images_of(rng, 6)))
    gan.fit(batches.batch(1), verbose=0, callbacks=[watch])
    assert watch.alarms == []
    gan = pix2pix(generator_optimizer=adam(0.0))
    with pytest.warns(monitor.CollapseWarning, match="frozen"):
        gan.fit(batches.batch(1), verbose=0, callbacks=[watch])


@pytest.mark.slow
def test_a_growing_model_is_watched_at_its_size():
    keras.utils.set_random_seed(0)
    gan = ProGAN((8, 8, 1), latent_dim=8, fmap_base=64, fmap_max=16, seed=0)
    gan.compile(phase_images=300, loss="least_squares", penalty=None, **EAGERLY)
    # A generator that listens to nothing: black at each size.
    for layer in gan.generator.to_rgb:
        for weight in layer.weights:
            weight.assign(to_numpy(weight) * 0)
    gan.optimizer["generator"].learning_rate = 0.0
    with pytest.warns(monitor.CollapseWarning, match="median distance"):
        names = alarms_of(gan, steps=20, every_steps=4)
    assert names == ["mode collapse"]
    assert gan.resolution == 8


# ------------------------------------------------------------- larger images


def mnist(request):
    folder = request.getfixturevalue("real_data") / "tensorflow_datasets"
    return data.tfds("mnist", batch_size=64, data_dir=folder)


def emoji(request):
    return data.emoji(image_size=(64, 64), batch_size=64)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "real"), [("dcgan_mnist_28", mnist), ("dcgan_emoji_64", emoji)]
)
def test_equal_images_of_28_and_64_pixels(preset, real, request, rng):
    """The threshold was measured on 8x8 pixels: it holds on larger ones."""
    real = to_numpy(next(iter(real(request))))
    fake = from_preset(preset).generate(len(real), seed=0)

    def seen(images):
        return list(symptoms.symptoms(None, [], [(real, images, 0, 0)], None))

    def noisy(images, std):
        return images + rng.normal(0, std, images.shape)

    assert 0.8 < symptoms.variety(fake, real) < 1.25  # a healthy generator
    assert seen(fake) == []
    for kinds in (1, 4):
        repeated = fake[np.arange(len(fake)) % kinds]
        assert seen(noisy(repeated, 0.01)) == ["mode collapse"]
    # Noise of 5 % of the range is no collapse any more.
    assert seen(noisy(repeated, 0.1)) == []


def test_wrong_intervals_are_explained():
    for wrong in ({"every_steps": 0}, {"every_steps": None}, {"num_images": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            callbacks.CollapseMonitor(**wrong)
