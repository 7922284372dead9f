"""How the history of nodes can be asked: columns, partitions and queries."""
