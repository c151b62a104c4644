"""Make the pages of ``docs/reference`` from the code: ``python3 dev.py docs``.

What a command, a key, a verdict or a field means is told once, in the code; these pages show it.
"""
