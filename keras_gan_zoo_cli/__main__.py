import sys

from keras_gan_zoo_cli import main

sys.exit(main())
