"""Swecris, the national database of research grants: its CSV export, what to take of it, and what that states."""
