"""Tests of how the gateway looks at itself."""
