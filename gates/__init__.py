"""Gates of `make synth` in addition to those that run inside `cdk synth`."""
