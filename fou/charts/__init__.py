"""Pure functions: data in; figure, title, sentence and table out."""
