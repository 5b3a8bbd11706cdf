"""Before a run: what it will cost, what fits, and whether it learns, tried on throw-away copies."""
