"""Known architectures to start from, in `registry`, and the blocks that ship, in `blocks`.

Nothing is imported here: the window shows blocks at once, but no architecture before it is asked for one.
"""
