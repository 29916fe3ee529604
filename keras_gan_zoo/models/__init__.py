from keras_gan_zoo.models.dcgan import DCGAN
from keras_gan_zoo.models.vanilla_gan import VanillaGAN

__all__ = ["DCGAN", "VanillaGAN"]
