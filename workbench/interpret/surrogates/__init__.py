"""The network as a black box: simple models of what it answers, and what its answers hang on."""
