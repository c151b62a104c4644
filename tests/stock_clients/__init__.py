"""The stock clients of NDEx, unchanged, against ``sandbox serve``."""
