"""What reading the configuration takes: its text, its words for mistakes, the files that it names."""
