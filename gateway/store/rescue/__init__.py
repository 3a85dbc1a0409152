"""What is done with a database file that SQLite cannot open: set aside, salvaged, begun anew."""
