"""Fou: a dashboard for Swedish FoU (research and development) funds in social services."""
