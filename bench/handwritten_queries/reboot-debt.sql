WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
), standing AS (
  SELECT * FROM reports WHERE seen_at = last_seen_at
)
SELECT rollout, ring, account, region, patch_group, node_id, node_name, exempt,
  count(*) AS patches, min(first_seen) AS waits_since,
  date_diff('hour', min(first_seen), seen_at) AS hours_waiting, seen_at
FROM standing CROSS JOIN UNNEST(problems) AS t (patch, state, severity, first_seen, published, patch_exempt)
WHERE state = 'INSTALLED_PENDING_REBOOT'
GROUP BY rollout, ring, account, region, patch_group, node_id, node_name, exempt, seen_at
ORDER BY hours_waiting DESC, rollout, ring, account, region, node_id
