"""Who answers: departments, committees, utilities, and the 1022 centre itself."""
