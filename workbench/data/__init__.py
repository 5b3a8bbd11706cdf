"""Sources (a class a format), splits, and a first stack that fits them."""
