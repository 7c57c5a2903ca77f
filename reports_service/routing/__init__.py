"""Who answers for this kind of thing at this place, and why."""
