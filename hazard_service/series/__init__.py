"""A programme over its years: who was held back, what release gave back, and casualties, date by date."""
