"""The forms in which messages travel: in-house values in, topics and bytes out, and the way back. Pure."""
