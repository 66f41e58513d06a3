"""The page Import: a file, how it is read, what is wrong in it, and what it would change."""
