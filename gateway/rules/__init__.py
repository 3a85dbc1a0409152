"""What is a reason for an alert: the table of limits, and its evaluation. Pure."""
