"""A mentor for machine-learning training code: reads the script, asks, and can make the change."""

__version__ = "0.1.0"
