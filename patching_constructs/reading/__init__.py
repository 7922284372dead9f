"""From CloudFormation templates and cloud assemblies to the model. What a template says never raises."""
