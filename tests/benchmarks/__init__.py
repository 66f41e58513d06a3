"""How fast and how large Fou is; `make bench` prints it. Nothing here is a test."""
