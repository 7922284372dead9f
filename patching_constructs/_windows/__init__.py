"""What `RingedMaintenanceWindow` is made of."""
