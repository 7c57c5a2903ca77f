"""What everybody may look at: the list of reports, the map, places, agencies and feeds."""
