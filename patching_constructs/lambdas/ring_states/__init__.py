"""The function of `RingStates`."""
