"""Any budget sheet, whatever its layout: guess how it is laid out, sort its rows, and say what it states."""
