"""The end of people's data: by the reporter's wish or by the schedule, and the proof of it."""
