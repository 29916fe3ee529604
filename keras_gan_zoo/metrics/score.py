"""A score together with everything that it depends on."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Score:
    """The values of a metric and everything that they depend on.

    Numbers of one metric are comparable only if the features, the settings,
    the real images and the numbers of images are the same. For example, the
    Fréchet distance falls if the number of images grows. So a `Score` refuses
    a comparison with a score of another kind.

    Attributes:
        metric: name of the metric's class.
        values: dict of names to floats, as `metric.result()`.
            `better_than` compares the first value.
        direction: `"down"` if a lower first value is better, `"up"` if a
            higher one is.
        extractor: name of the feature extractor. If it resizes images, the
            name includes the mode: `"inception:legacy"`.
        num_real: int, how many real images were seen.
        num_fake: int, how many generated images were seen.
        seed: int, the metric's seed.
        settings: dict of the metric's other arguments.
        real_set: hash of the content of the real images, or None without
            real images.
        intervals: dict of names to `(low, high)`, 95 % confidence intervals
            of the values that have them; empty if none were computed.

    Example:

    >>> score = Score(
    ...     "InceptionScore", {"inception_score": 7.5}, "up",
    ...     "inception_softmax:legacy", num_real=0, num_fake=5000, seed=0,
    ...     settings={"splits": 10},
    ... )
    >>> print(score)
    inception_score 7.5 (InceptionScore, extractor inception_softmax:legacy, \
0 real and 5000 generated images, seed 0)
    """

    metric: str
    values: dict
    direction: str
    extractor: str
    num_real: int
    num_fake: int
    seed: int
    settings: dict
    real_set: str | None = None
    intervals: dict = dataclasses.field(default_factory=dict)

    def better_than(self, other):
        """Returns whether this score is better than `other`.

        Raises:
            ValueError: if the two are not comparable.
        """
        for what in (
            "metric",
            "extractor",
            "settings",
            "real_set",
            "num_real",
            "num_fake",
        ):
            mine, its = getattr(self, what), getattr(other, what)
            if mine != its:
                raise ValueError(
                    f"These scores cannot be compared. Expected the same "
                    f"{what}. Received: {mine!r} and {its!r}. Compute both "
                    "with one metric, on the same real images and the same "
                    "number of generated images."
                )
        name = next(iter(self.values))
        mine, its = self.values[name], other.values[name]
        return mine < its if self.direction == "down" else mine > its

    def __str__(self):
        values = ", ".join(f"{k} {v:.6g}" for k, v in self.values.items())
        return (
            f"{values} ({self.metric}, extractor {self.extractor}, "
            f"{self.num_real} real and {self.num_fake} generated images, "
            f"seed {self.seed})"
        )
