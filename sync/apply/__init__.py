"""Carry out a plan: ``decide`` chooses each step from what was seen, ``run`` does
it and logs it.
"""
