"""From a workbook to a batch: read → check → compare → post."""
