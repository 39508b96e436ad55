# Made of _async by scripts/make_sync.py. Change it there.
"""The asynchronous client, of which the synchronous one is made."""
