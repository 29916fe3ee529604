"""Networks that several papers share."""
