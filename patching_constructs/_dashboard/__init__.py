"""What `PatchDashboard` is made of."""
