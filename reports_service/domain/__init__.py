"""The business itself: pure rules, standard library only. Read this package first."""
