WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at,
    min(seen_at) OVER (PARTITION BY rollout, account, region, node_id) AS in_history_since,
    max(reported_at) OVER (PARTITION BY rollout, account, region, node_id) AS ever_reported_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -CAST(? AS integer), current_date), '%Y-%m-%d')
)
SELECT rollout, ring, account, region, patch_group, node_id, node_name, managed, in_history_since, seen_at
FROM reports
WHERE seen_at = last_seen_at AND ever_reported_at IS NULL
  AND day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
ORDER BY in_history_since, rollout, ring, account, region, node_id
