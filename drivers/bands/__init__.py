"""Bands that speak in ways of their makers, and must be connected to."""
