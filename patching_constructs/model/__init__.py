"""What patching is: records, closed vocabularies and service limits. Standard library only."""
