"""Known differences that people agreed to leave: when an entry applies, and the file of them."""
