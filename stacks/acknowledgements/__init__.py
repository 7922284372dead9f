"""Every security finding that the sample accepts, with the reason for a security reviewer.

Each is acknowledged on the construct that it is about, so that the same finding elsewhere still fails the
build.
"""
