"""What a caller writes: strict, immutable, checked when they are made."""
