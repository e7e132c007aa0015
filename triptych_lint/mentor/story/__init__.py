"""``triptych-lint story``: the steps and the events of a run, for people and for programs.

``moments`` words the events, ``steps`` finds the eight steps, ``model`` puts both together;
``terminal``, ``page``, ``vector`` and ``records`` are the forms in which it is shown.
"""
