"""Rules about accounts: quotas, policies, budgets, exemptions."""
