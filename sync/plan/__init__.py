"""What a push would do: its actions, how they are decided, its guards and its file."""
