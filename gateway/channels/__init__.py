"""The ways to people: one folder a channel."""
