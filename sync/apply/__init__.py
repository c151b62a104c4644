"""Carry out a plan: ``steps`` decides by what was seen, ``run`` does it, journaled."""
