"""One module per format: a text in, tables, lists and scalars with their places out."""
