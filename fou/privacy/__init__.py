"""Personal data: what is kept about people, everything about one person, and weeding it."""
