"""What stands in ``.github``: actions, workflows and their scripts, run as GitHub runs them."""
