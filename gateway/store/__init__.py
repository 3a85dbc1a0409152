"""What is on the disk: alerts in one file, readings in another."""
