"""TRP5xx: one variable at a time."""
