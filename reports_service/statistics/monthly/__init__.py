"""The monthly report for people: the figures of one month as a PDF, and by mail to leaders."""
