"""``triptych-lint state``: what scripts settle, in ``state.md``.

``facts`` reads goal, metric, seeds and splits from the timelines; ``document`` puts them into the
file without touching what a person wrote; ``command`` finds the file and writes it.
"""
