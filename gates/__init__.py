"""Gates of `make synth` besides those that run inside `cdk synth`."""
