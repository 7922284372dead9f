"""What our constructs write into a template because CloudFormation has no property for it.

Tag keys, the metadata key and its schema version are public contract: readers of templates and of live
accounts rely on them.
"""

ROLLOUT_TAG = "patching-constructs:rollout"
RING_TAG = "patching-constructs:ring"
RING_ORDER_TAG = "patching-constructs:ring-order"

METADATA_KEY = "patching-constructs"
REPORTED_RINGS = "reported-rings"
"""Key in the Metadata of a compliance reporter's function: its rings, each with its patch groups."""
METADATA_SCHEMA_VERSION = 1
"""It grows when a key goes or changes its meaning; a new key leaves it as it is."""
