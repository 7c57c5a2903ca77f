"""Effects that workers have given up: what each was for, and what is to become of it."""
