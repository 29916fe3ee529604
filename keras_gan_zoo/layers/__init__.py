"""Layers that a paper defines or that several networks share."""

from keras_gan_zoo.layers.adaptive import AdaptiveAugment, AdaptivePolicy
from keras_gan_zoo.layers.adaptive_instance import (
    AdaptiveInstanceNormalization,
)
from keras_gan_zoo.layers.attention import SelfAttention
from keras_gan_zoo.layers.augment import (
    DiffAugment,
    augmentation_layer,
    maybe_augment,
)
from keras_gan_zoo.layers.channel_wise_dense import ChannelWiseDense
from keras_gan_zoo.layers.conditional_normalization import (
    ConditionalBatchNormalization,
)
from keras_gan_zoo.layers.conditioned_normalization import (
    ConditionedBatchNormalization,
)
from keras_gan_zoo.layers.equalized import EqualizedConv2D, EqualizedDense
from keras_gan_zoo.layers.grouped import GroupedConv2D
from keras_gan_zoo.layers.image_noise import ImageNoise
from keras_gan_zoo.layers.image_pool import ImagePool
from keras_gan_zoo.layers.label_embedding import LabelEmbedding
from keras_gan_zoo.layers.learned_constant import LearnedConstant
from keras_gan_zoo.layers.maxout import Maxout
from keras_gan_zoo.layers.minibatch_discrimination import (
    MinibatchDiscrimination,
)
from keras_gan_zoo.layers.minibatch_stddev import MinibatchStdDev
from keras_gan_zoo.layers.modulated import ModulatedConv2D
from keras_gan_zoo.layers.normalization import (
    BatchNormalization,
    InstanceNormalization,
    LayerNormalization,
    normalization,
)
from keras_gan_zoo.layers.pack import Pack
from keras_gan_zoo.layers.padding import ReflectionPadding2D
from keras_gan_zoo.layers.part import Part
from keras_gan_zoo.layers.pixel_normalization import PixelNormalization
from keras_gan_zoo.layers.pixel_shuffle import PixelShuffle
from keras_gan_zoo.layers.resampling import FilteredResampling2D
from keras_gan_zoo.layers.scaled_rectifier import ScaledLeakyReLU
from keras_gan_zoo.layers.spectral import SpectralNormalization, maybe_spectral
from keras_gan_zoo.layers.upsampling import upsampling
from keras_gan_zoo.layers.virtual_normalization import (
    ReferenceBatch,
    VirtualBatchNormalization,
    WithoutReference,
)
from keras_gan_zoo.layers.weight_normalization import (
    WeightNormalization,
    initialize_by_data,
)

__all__ = [
    "AdaptiveAugment",
    "AdaptiveInstanceNormalization",
    "AdaptivePolicy",
    "BatchNormalization",
    "ChannelWiseDense",
    "ConditionalBatchNormalization",
    "ConditionedBatchNormalization",
    "DiffAugment",
    "EqualizedConv2D",
    "EqualizedDense",
    "FilteredResampling2D",
    "GroupedConv2D",
    "ImageNoise",
    "ImagePool",
    "InstanceNormalization",
    "LabelEmbedding",
    "LayerNormalization",
    "LearnedConstant",
    "Maxout",
    "MinibatchDiscrimination",
    "MinibatchStdDev",
    "ModulatedConv2D",
    "Pack",
    "Part",
    "PixelNormalization",
    "PixelShuffle",
    "ReferenceBatch",
    "ReflectionPadding2D",
    "ScaledLeakyReLU",
    "SelfAttention",
    "SpectralNormalization",
    "VirtualBatchNormalization",
    "WeightNormalization",
    "WithoutReference",
    "augmentation_layer",
    "initialize_by_data",
    "maybe_augment",
    "maybe_spectral",
    "normalization",
    "upsampling",
]
