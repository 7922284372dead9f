"""What `PatchBaseline` is made of."""
