"""What `PatchGroupFleet` is made of."""
