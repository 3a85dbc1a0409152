"""The way up to the platform, and what comes down from it."""
