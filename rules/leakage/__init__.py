"""TRP4xx: nothing reaches both sides of a split."""
