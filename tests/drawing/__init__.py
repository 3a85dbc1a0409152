"""Draws the plots of the docs: an SVG writer of a few words, scales, and the charts that several pages share."""
