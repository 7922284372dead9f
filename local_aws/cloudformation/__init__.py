"""The CloudFormation engine: templates, stacks and resource types."""
