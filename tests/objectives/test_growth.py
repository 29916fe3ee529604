import pytest

from keras_gan_zoo.objectives.growth import Growth


def test_the_schedule_of_the_paper():
    growth = Growth(800_000, num_stages=9)
    # "until we have shown the discriminator 800k real images in total. We
    # then alternate between two phases".
    assert growth.starts == [0] + [800_000 + 1_600_000 * k for k in range(8)]
    assert growth.total == 800_000 * 17
    assert growth.stage(799_999) == 0
    assert growth.stage(800_000) == 1
    assert growth.alpha(1_200_000, 1) == 0.5
    assert growth.alpha(1_600_000, 1) == 1
    assert growth.alpha(0, 0) == 1
    assert growth.images_left(799_990) == 10
    assert growth.images_left(800_000) == 1_600_000
    assert growth.images_left(10**9) is None


def test_phases_of_their_own():
    growth = Growth([10, 0, 5], num_stages=3)
    assert growth.starts == [0, 10, 10]
    assert growth.total == 20
    assert growth.stage(9) == 0
    assert growth.stage(10) == 2  # a stage without images is left out
    assert growth.alpha(12, 2) == 0.4


def test_no_phases_at_all():
    growth = Growth(0, num_stages=3)
    assert growth.stage(0) == 2
    assert growth.alpha(0, 2) == 1
    assert growth.images_left(0) is None


def test_it_may_start_with_a_later_stage():
    growth = Growth([10, 20], num_stages=3, first=1)
    assert growth.total == 50
    assert [growth.stage(n) for n in (0, 9, 10, 99)] == [1, 1, 2, 2]
    assert growth.alpha(0, 1) == 1  # it is not faded in
    assert growth.alpha(15, 2) == 0.25
    assert (growth.images_left(4), growth.images_left(10)) == (6, None)
    with pytest.raises(ValueError, match="each of the 2 resolutions from 8x8"):
        Growth([10, 20, 30], num_stages=3, first=1)


@pytest.mark.parametrize("phase_images", [-1, [1, 2], [1, 2, -3]])
def test_wrong_phases_are_explained(phase_images):
    with pytest.raises(ValueError, match="3 resolutions") as error:
        Growth(phase_images, num_stages=3)
    assert "Received: phase_images=" in str(error.value)
