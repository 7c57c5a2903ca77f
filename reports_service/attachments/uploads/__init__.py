"""Pictures that arrive piece by piece before their report, by tus (https://tus.io)."""
