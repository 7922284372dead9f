"""The function of `PatchEventForwarder`."""
