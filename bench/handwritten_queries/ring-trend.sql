WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group, day) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -CAST(? AS integer), current_date), '%Y-%m-%d')
)
SELECT rollout, ring, day, count(DISTINCT account || '/' || region) AS accounts_and_regions,
  count(DISTINCT CASE WHEN NOT exempt THEN node_id END) AS nodes,
  count(DISTINCT CASE WHEN compliant THEN node_id END) AS compliant_nodes,
  count(DISTINCT CASE WHEN exempt THEN node_id END) AS exempt_nodes,
  count(DISTINCT CASE WHEN NOT managed THEN node_id END) AS unmanaged_nodes,
  count(DISTINCT CASE WHEN state = 'INSTALLED_PENDING_REBOOT' THEN node_id END) AS nodes_waiting_for_reboot,
  count(CASE WHEN state = 'MISSING' AND NOT patch_exempt THEN 1 END) AS missing_patches,
  count(CASE WHEN state = 'FAILED' AND NOT patch_exempt THEN 1 END) AS failed_patches
FROM reports LEFT JOIN UNNEST(problems) AS t (patch, state, severity, first_seen, published, patch_exempt) ON true
WHERE seen_at = last_seen_at
GROUP BY rollout, ring, day
ORDER BY rollout, ring, day
