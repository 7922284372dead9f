"""Where the organisation of patching.yaml is, as constants that somebody would write down."""

REGION = "eu-central-1"
SECURITY_ACCOUNT = "222222222222"
EVENT_BUS_ARN = f"arn:aws:events:{REGION}:{SECURITY_ACCOUNT}:event-bus/patching"
HISTORY_BUCKET = f"patching-history-{SECURITY_ACCOUNT}-{REGION}"
HISTORY_BUCKET_ARN = f"arn:aws:s3:::{HISTORY_BUCKET}"
HISTORY_KEYS = f"arn:aws:kms:{REGION}:{SECURITY_ACCOUNT}:key/*"
WINDOW_EVENT = "Maintenance Window Execution State-change Notification"
RUN_FINISHED = {"source": ["patching-constructs"], "detail-type": ["Patching Ring Run Finished"]}
SOMETHING_HAPPENED = {"source": ["patching-constructs"], "detail-type": ["Patching Event"]}
