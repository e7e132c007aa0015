"""TRP6xx: the canonical order of work; a missing step is no offence, a wrong order is."""
