"""Notices that appear on a citizen's device although no page is open (RFC 8030, Web Push)."""
