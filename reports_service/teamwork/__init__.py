"""Working together on reports: templates, drafts, presence, mentions, filters, deputies, load."""
