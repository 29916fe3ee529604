import numpy as np
import pytest

from keras_gan_zoo.callbacks import symptoms
from keras_gan_zoo.objectives import losses


def game(distance=1.0, real_logits=0.0, fake_logits=0.0, num=16):
    """Images in a row, `distance` apart, and equal logits."""
    images = np.arange(num, dtype="float32")[:, None]
    ones = np.ones(num, "float32")
    return images, images * distance, ones * real_logits, ones * fake_logits


def names(loss, d_losses, *games, before=None):
    loss = losses.get(loss)
    return sorted(symptoms.symptoms(loss, np.asarray(d_losses), games, before))


def test_variety():
    assert names("hinge", [1.0], game(0.06), before=[game(0.07)]) == []
    assert names("hinge", [1.0], game(0.04)) == ["mode collapse"]
    assert names("hinge", [1.0], game(), game(0.0)) == ["mode collapse"]
    assert names("hinge", [1.0], game(0.0, num=7)) == []
    few_modes = np.repeat(np.arange(8, dtype="float32"), 2)[:, None]
    real, _, *logits = game()
    assert names("hinge", [1.0], (real, few_modes, *logits)) == [
        "mode collapse"
    ]


def test_change():
    assert names("hinge", [1.0], game(), before=[game()]) == [
        "generator frozen"
    ]
    other = game(1.0001)
    assert names("hinge", [1.0], game(), before=[other]) == []
    games = [game(), game()]
    assert names("hinge", [1.0], *games, before=[game(), other]) == []


@pytest.mark.parametrize(
    ("loss", "sure", "unsure"),
    [
        ("non_saturating", 4.5, 2.0),  # 1.6 % and 18 % of guessing
        ("minimax", 4.5, 2.0),
        ("relativistic", 2.5, 1.0),  # of differences
        ("hinge", 1.0, 0.8),
    ],
)
def test_victory(loss, sure, unsure):
    wins = ["discriminator wins"]
    assert names(loss, [0.5], game(1, sure, -sure)) == wins
    assert names(loss, [0.5], game(1, unsure, -unsure)) == []
    assert names(loss, [0.5], game(1, -sure, sure)) == []
    # What explains it stands for it.
    assert names(loss, [0.5], game(0, sure, -sure)) == ["mode collapse"]


def test_no_victory_over_all_but_one():
    images, fake, real_logits, fake_logits = game(1, 3.0, -3.0, num=64)
    all_but_one = fake_logits.copy()
    all_but_one[0] = 3.1
    for logits, found in (
        (fake_logits, ["discriminator wins"]),
        (all_but_one, []),  # 98.4 % of the pairs; the loss alone is low
    ):
        seen = images, fake, real_logits, logits
        assert names("relativistic", [0.5], seen) == found


def test_no_victory_of_wasserstein():
    assert names("wasserstein", [-5.0], game(1, 100.0, -100.0)) == []


def test_victory_of_least_squares():
    wins = ["discriminator wins"]
    assert names("least_squares", [0.1], game(1, 0.91, 0.09)) == wins
    assert names("least_squares", [0.1], game(1, 0.7, 0.3)) == []


def test_unrest():
    # Guessing costs 2 log 2; images in a row of 16 are 5.3 apart on average.
    calm, wild = [1.3, 1.4] * 25, [0.1, 2.6] * 25
    assert names("non_saturating", calm) == []
    assert names("non_saturating", wild) == ["oscillation"]
    assert names("non_saturating", [5.0] * 50) == ["divergence"]
    assert names("non_saturating", [4.0] * 50) == []
    assert names("wasserstein", [-15.0] * 50, game()) == []
    assert names("wasserstein", [-17.0] * 50, game()) == ["divergence"]
    assert names("wasserstein", [-1e9] * 50) == []  # of unknown scale
    swing = [-5.0, -11.0] * 25
    assert names("wasserstein", swing, game()) == ["oscillation"]


def test_every_symptom_has_a_meaning_and_a_remedy():
    assert set(symptoms.PATIENCE) == set(symptoms.REMEDIES)
    assert set(symptoms.PATIENCE) == set(symptoms.MEANINGS)
