"""``triptych-lint why``: "why is the model bad?", as a short conversation.

Pitfalls 2, 3 and 4 come first: ``seeds``, ``gradients`` and ``leakage`` each say what the script
does, what that settles, what is open and what to run next. ``conversation`` puts them in order, by
the symptoms of a log where there is one; ``terminal`` and ``records`` show it.
"""
