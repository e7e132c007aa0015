"""What a run left behind, read for its curves: one module per format, chosen by what a path holds.

``series`` is what they all give, ``symptoms`` what can be seen in it, ``curves`` draws it.
"""
