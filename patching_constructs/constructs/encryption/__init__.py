"""Keys of the customer."""
