"""The asynchronous client, of which the synchronous one is made."""
