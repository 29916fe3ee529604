import numpy as np
import pytest
from scipy import stats
from toys import SHAPE

from keras_gan_zoo import DCGAN, ConditionalGAN, InfoGAN, ProGAN, VanillaGAN
from keras_gan_zoo import control as arrange
from keras_gan_zoo.families import priors
from keras_gan_zoo_cli.main import main

BOUNDS = [0.04, 0.5, 1.0, 2.0]


@pytest.fixture(scope="module")
def plain():
    return VanillaGAN(SHAPE, 50, generator_units=(4,), discriminator_units=(4,))


@pytest.mark.parametrize("bound", BOUNDS)
def test_latents_are_from_the_truncated_gaussian(plain, bound):
    found = plain.given_or_drawn(1000, None, 0, bound)
    assert found.dtype == "float32"
    assert np.abs(found).max() <= bound
    wanted = stats.truncnorm(-bound, bound)
    assert stats.kstest(found.ravel(), wanted.cdf).pvalue > 0.01
    # Neither clipped nor scaled.
    drawn = plain.given_or_drawn(1000, None, 0)
    for other in (np.clip(drawn, -bound, bound), drawn * bound / drawn.max()):
        assert stats.kstest(other.ravel(), wanted.cdf).pvalue < 1e-9


def test_latents_within_the_bound_stay(plain):
    drawn = plain.given_or_drawn(100, None, 3)
    np.testing.assert_array_equal(
        drawn, np.random.default_rng(3).standard_normal((100, 50), "float32")
    )
    found = plain.given_or_drawn(100, None, 3, 1.0)
    within = np.abs(drawn) <= 1
    np.testing.assert_array_equal(found[within], drawn[within])
    assert 0.5 < within.mean() < 0.8


def test_models_generate_from_truncated_latents(plain):
    conditional = ConditionalGAN((8, 8, 1), 3, 5, filters=2)
    for gan, chosen in ((plain, {}), (conditional, {"labels": [2, 0, 1, 1]})):
        found = gan.generate(4, seed=1, truncation=0.5, **chosen)
        latents = gan.given_or_drawn(4, None, 1, 0.5)
        given = gan.generate(4, latents=latents, **chosen)
        np.testing.assert_array_equal(found, given)
        again = gan.generate(4, seed=1, truncation=0.5, **chosen)
        np.testing.assert_array_equal(found, again)
        assert not np.array_equal(found, gan.generate(4, seed=1, **chosen))


def test_ends_of_interpolations_are_truncated(plain):
    ends = arrange.interpolate(plain, 3, 2, seed=5, truncation=0.5)
    rng = np.random.default_rng(5)
    for column in range(2):
        latents = plain.given_or_drawn(3, None, rng, 0.5)
        np.testing.assert_array_equal(
            ends[:, column], plain.generate(3, latents=latents)
        )


def test_a_metric_of_truncated_samples(plain):
    shown = plain.respond(5, {}, 0, truncation=0.5)
    np.testing.assert_array_equal(
        shown, plain.generate(5, seed=0, truncation=0.5)
    )


@pytest.mark.parametrize(
    ("gan", "prior"),
    [
        (DCGAN((8, 8, 1), 5, filters=2), "uniform"),
        (InfoGAN((8, 8, 1), latent_dim=5, filters=2, units=4), "uniform"),
        (ProGAN((8, 8, 1), 4, fmap_base=32, fmap_max=4), "normalized"),
    ],
)
def test_other_priors_are_not_truncated(gan, prior):
    with pytest.raises(ValueError, match=f"truncation=0.5 for .*{prior}"):
        gan.generate(2, truncation=0.5)
    assert priors.TRUNCATION not in gan.controls


def test_wrong_truncations_are_explained(plain):
    with pytest.raises(ValueError, match="Expected a positive number"):
        plain.generate(2, truncation=-1.0)
    with pytest.raises(ValueError, match="Leave out one of them"):
        plain.generate(2, latents=np.zeros((2, 50)), truncation=1.0)


def test_the_command_line_truncates(plain, tmp_path, capsys):
    plain.save(tmp_path / "gan.keras")
    command = ["generate", str(tmp_path / "gan.keras"), "--num", "3", "--out"]
    files = tmp_path / "plain.png", tmp_path / "truncated.png"
    for path, flags in zip(files, ([], ["--truncation", "0.5"])):
        assert main([*command, str(path), *flags]) == 0
    assert files[0].read_bytes() != files[1].read_bytes()
    path = str(tmp_path / "wrong.png")
    with pytest.raises(SystemExit):
        main([*command, path, "--truncation", "-1"])
    assert "expected a positive number" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["vanilla_gan_digits_8", "conditional_gan_mnist_28"]
)
def test_presets_can_be_truncated(name, capsys):
    assert main(["describe", name]) == 0
    assert "--truncation: bound of the latents" in capsys.readouterr().out
