"""Code that runs in AWS Lambda, one package for each construct with a function."""
