"""The documentation; ``generate`` makes the reference from the code."""
