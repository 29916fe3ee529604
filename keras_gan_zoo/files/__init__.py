"""Files: written whole or not at all, loaded strictly, shipped and shared."""
