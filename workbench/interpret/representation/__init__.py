"""Global views: what a layer makes of many samples at once."""
