"""TRP2xx: every random stream that a run draws from is seeded, and in time."""
