"""Applications out of workbooks: the form that applicants fill in, the list with one a row, and how both are read."""
