"""The Inspect stage: a file a way of looking, and what they share."""
