"""The rules as a CDK validation plugin."""
