"""What each page shows, read and drawn in one go, so that it is kept whole until the database changes."""
