"""The function of `PatchEventHub`."""
