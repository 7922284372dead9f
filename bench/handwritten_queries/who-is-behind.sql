WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
), standing AS (
  SELECT * FROM reports WHERE seen_at = last_seen_at
), given (severity, hours) AS (
  VALUES ('CRITICAL', CAST(? AS bigint)), ('HIGH', CAST(? AS bigint)),
    ('MEDIUM', CAST(? AS bigint)), ('LOW', CAST(? AS bigint))
), promised (severity, hours) AS (
  SELECT severity, hours FROM given UNION ALL SELECT 'UNKNOWN', min(hours) FROM given
), unfinished AS (
  SELECT rollout, ring, account, region, patch_group, node_id, node_name, seen_at,
    patch, state, coalesce(severity, 'UNKNOWN') AS severity, coalesce(published, first_seen) AS since,
    CASE WHEN published IS NULL THEN 'first seen' ELSE 'published' END AS clock
  FROM standing CROSS JOIN UNNEST(problems) AS t (patch, state, severity, first_seen, published, patch_exempt)
  WHERE state IN ('MISSING', 'FAILED') AND NOT patch_exempt
)
SELECT unfinished.*, promised.hours AS promised_hours,
  date_diff('hour', since, seen_at) - promised.hours AS hours_late
FROM unfinished JOIN promised ON promised.severity = unfinished.severity
WHERE date_add('hour', promised.hours, since) < seen_at
ORDER BY hours_late DESC, rollout, ring, account, region, node_id, patch
