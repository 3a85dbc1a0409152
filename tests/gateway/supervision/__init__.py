"""Tests of what should be there and is not."""
