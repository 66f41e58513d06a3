"""The project's own budget template ("budgetmall"): described once, read, checked and written."""
