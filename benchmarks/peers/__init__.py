"""Other ways of checking a collection, as the tutorials of their libraries have it."""
