"""Read CloudFormation templates, cloud assemblies and other files into records."""
