"""TRP3xx: the gradient norm is finite on the first step, and somebody looks at it."""
