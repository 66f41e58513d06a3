"""Portfolios to load into an empty database and try Fou on."""
