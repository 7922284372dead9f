"""What runs inside AWS: plain Python with boto3, the standard library and the model."""
