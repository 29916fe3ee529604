"""The schedule of a progressively grown network."""

SMALLEST = 4  # pixels on a side


def side(stage):
    """Returns the height and width of the images of a stage, in pixels.

    Args:
        stage: int, number of the stage from 0 on.

    Example:

    >>> side(0), side(3)
    (4, 32)
    """
    return SMALLEST * 2**stage


class Growth:
    """Schedules ProGAN's stages by the images the discriminator has seen.

    https://arxiv.org/abs/1710.10196, appendix A. A stage starts with a phase
    in which its new layers are faded in; the first stage has no such phase.
    Then follows a phase in which the stage settles. The last stage does not
    end.

    Args:
        phase_images: int, number of images in each phase, or a sequence with
            an int for each stage. 0 leaves the phases out.
        num_stages: int, number of stages.
        first: int, number of the stage with which training starts. It has no
            fade-in. The stages before it have no phases.

    Raises:
        ValueError: if a phase is negative, or there are too many or too few
            phases.

    Example:

    >>> growth = Growth(100, num_stages=3)
    >>> [growth.stage(images) for images in (0, 99, 100, 299, 300, 10_000)]
    [0, 0, 1, 1, 2, 2]
    >>> [growth.alpha(images, stage=1) for images in (100, 150, 200, 250)]
    [0.0, 0.5, 1.0, 1.5]
    >>> growth.total
    500
    """

    def __init__(self, phase_images, num_stages, first=0):
        self.first = first
        self.phases = per_stage(
            "phase_images", phase_images, num_stages, first=first
        )
        ends = [self.phases[0]]
        for phase in self.phases[1:]:
            ends.append(ends[-1] + 2 * phase)
        self.starts = [*[0] * first, 0, *ends[:-1]]
        self.total = ends[-1]

    def stage(self, images):
        """Returns the stage, an int, after this number of images."""
        return sum(start <= images for start in self.starts[1:])

    def images_left(self, images):
        """Returns the images left in the stage, or None in the last stage."""
        later = [start - images for start in self.starts if start > images]
        return min(later, default=None)

    def alpha(self, images, stage):
        """Returns how far the stage is faded in. Complete at 1 and above.

        Args:
            images: number or scalar float tensor, images seen.
            stage: int, number of the stage.
        """
        if stage <= self.first:
            return 1.0
        phase = self.phases[stage - self.first]
        if phase == 0:
            return 1.0
        return (images - self.starts[stage]) / phase


def per_stage(name, values, num_stages, least=0, first=0):
    """Returns a tuple with an int for each stage from `first` on.

    Args:
        name: str, name of the values in the error.
        values: int for all stages, or a sequence with an int for each stage.
        num_stages: int, number of stages.
        least: int, the smallest value allowed.
        first: int, number of the first stage that has a value.

    Example:

    >>> per_stage("batch_parts", 8, 3)
    (8, 8, 8)
    """
    num = num_stages - first
    each = [values] * num if isinstance(values, int) else list(values)
    if len(each) != num or any(value < least for value in each):
        raise ValueError(
            f"Expected {name} as an int of at least {least}, or a list with "
            f"an int for each of the {num} resolutions from {side(first)}x"
            f"{side(first)} on. "
            f"Received: {name}={values}"
        )
    return tuple(int(value) for value in each)
