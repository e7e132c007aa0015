"""TRP1xx: runs are tracked outside the process that trains, not embedded into it."""
