"""The pages of figures: one minute for a leader, and every detail for who answers for them."""
