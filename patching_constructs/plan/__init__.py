"""A plan that people look at: when every ring is patched, how a patch travels, and what it uses.

It answers nothing by itself: dates, order, exposure and quotas come from `rollout`, findings from `rules`.
"""
