"""What a sample is: an image, a label, a sound."""
