"""The mentor's longer conversations, told from the timeline.

``story`` shows the run as it goes, ``why`` answers "why is the model bad?", ``logs`` reads what a
run left behind, ``state`` keeps ``state.md``, ``mode`` decides between asking and stating. What is
said stands in the YAML files; the modules only decide what is true.
"""
