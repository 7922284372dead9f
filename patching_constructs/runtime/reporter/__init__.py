"""The compliance reporter: reads how every node of every group stands, and publishes few figures."""
