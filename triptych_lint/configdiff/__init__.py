"""Two versions of a config, and which variables of the experiment moved between them.

    bytes ─► Config ─► units ─► pairs of readings ─► changes ─► variables ─► TRP501
            (config)  (units)  (references, pairs)  (changes)    (ties)

What is compared is meaning: numbers respelled, keys reordered, anchors and references spelled out
are the same config. What cannot be read with certainty is listed and never counted.
"""
