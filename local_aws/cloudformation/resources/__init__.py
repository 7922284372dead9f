"""The resource types that stacks can have, a file for each service."""
