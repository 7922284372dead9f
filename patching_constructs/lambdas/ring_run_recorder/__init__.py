"""The function of `RingRunRecorder`."""
