"""What marking a workbook changes in it: the package, its sheets, fills, comments and comment boxes."""
