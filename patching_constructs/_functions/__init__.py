"""How the code of `runtime/` gets into AWS Lambda."""
