"""The reference organisation: stacks that compose the library's constructs from patching.yaml."""
