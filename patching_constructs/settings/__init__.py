"""patching.yaml as typed settings."""
