from keras_gan_zoo.models.conditional_gan import ConditionalGAN
from keras_gan_zoo.models.cyclegan import CycleGAN
from keras_gan_zoo.models.dcgan import DCGAN
from keras_gan_zoo.models.infogan import InfoGAN
from keras_gan_zoo.models.pix2pix import Pix2Pix
from keras_gan_zoo.models.progan import ProGAN
from keras_gan_zoo.models.vanilla_gan import VanillaGAN

__all__ = [
    "DCGAN",
    "ConditionalGAN",
    "CycleGAN",
    "InfoGAN",
    "Pix2Pix",
    "ProGAN",
    "VanillaGAN",
]
