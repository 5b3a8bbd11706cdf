"""The blocks that ship: a class a block, each declared once."""
