# Generated from _async by scripts/make_sync.py; edit that one.
"""The asynchronous client, of which the synchronous one is made."""
