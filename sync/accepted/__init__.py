"""Known differences that people agreed to leave: what an entry holds for, and the file of them."""
