"""Training: the loop, its events, and the checkpoints that resume it."""
