"""Questions about an estate: ring order, exposure, collisions, quotas, costs."""
