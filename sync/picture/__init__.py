"""Pathways as pictures: an SVG of a drawing."""
