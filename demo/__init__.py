"""The demonstration: the sample organisation, deployed into a local AWS and read back."""
