"""Submissions: found, read, matched with the release, normalized."""
