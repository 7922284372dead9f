"""AWS CDK constructs, by what they build. The only code that imports aws_cdk."""
