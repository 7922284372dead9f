WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
), standing AS (
  SELECT * FROM reports WHERE seen_at = last_seen_at
)
SELECT rollout, ring, account, region, patch_group, node_id, node_name, exempt AS whole_node_exempt,
  count(CASE WHEN patch_exempt THEN 1 END) AS exempt_problems,
  min(CASE WHEN patch_exempt THEN first_seen END) AS oldest_first_seen, seen_at
FROM standing LEFT JOIN UNNEST(problems) AS t (patch, state, severity, first_seen, published, patch_exempt) ON true
WHERE exempt OR patch_exempt
GROUP BY rollout, ring, account, region, patch_group, node_id, node_name, exempt, seen_at
ORDER BY rollout, ring, account, region, node_id
