"""When a progressively grown network grows."""

SMALLEST = 4  # pixels on a side


def side(stage):
    """Pixels on a side of the images of a stage.

    Example:

    >>> side(0), side(3)
    (4, 32)
    """
    return SMALLEST * 2**stage


class Growth:
    """The schedule of ProGAN, in images that the discriminator has seen.

    https://arxiv.org/abs/1710.10196, appendix A: a stage begins with a phase
    in which its new layers are faded in (the first one has none) and goes on
    with one in which it settles; the last one has no end.

    Args:
        phase_images: int, images of each of these phases, or one for each
            stage, a sequence of ints. 0: the phases are left out.
        num_stages: int.

    Raises:
        ValueError: if a phase is negative, or there are too many or few.

    Example:

    >>> growth = Growth(100, num_stages=3)
    >>> [growth.stage(images) for images in (0, 99, 100, 299, 300, 10_000)]
    [0, 0, 1, 1, 2, 2]
    >>> [growth.alpha(images, stage=1) for images in (100, 150, 200, 250)]
    [0.0, 0.5, 1.0, 1.5]
    >>> growth.total
    500
    """

    def __init__(self, phase_images, num_stages):
        self.phases = per_stage("phase_images", phase_images, num_stages)
        ends = [self.phases[0]]
        for phase in self.phases[1:]:
            ends.append(ends[-1] + 2 * phase)
        self.starts = [0, *ends[:-1]]
        self.total = ends[-1]

    def stage(self, images):
        """The stage after so many images, an int."""
        return sum(start <= images for start in self.starts[1:])

    def images_left(self, images):
        """How many images the stage still lasts; None for the last one."""
        later = [start - images for start in self.starts if start > images]
        return min(later, default=None)

    def alpha(self, images, stage):
        """How far the stage is faded in: done at 1 and beyond.

        Args:
            images: number, or scalar float tensor.
            stage: int.
        """
        phase = self.phases[stage]
        if stage == 0 or phase == 0:
            return 1.0
        return (images - self.starts[stage]) / phase


def per_stage(name, values, num_stages, least=0):
    """A tuple with an int for each stage.

    Args:
        name: what the values are called in the error.
        values: int for all stages, or a sequence of as many.
        num_stages: int.
        least: int, the smallest value allowed.

    Example:

    >>> per_stage("batch_parts", 8, 3)
    (8, 8, 8)
    """
    each = [values] * num_stages if isinstance(values, int) else list(values)
    if len(each) != num_stages or any(value < least for value in each):
        raise ValueError(
            f"Expected {name} as an int of at least {least}, or as a list of "
            f"one for each of the {num_stages} resolutions from 4x4 on. "
            f"Received: {name}={values}"
        )
    return tuple(int(value) for value in each)
