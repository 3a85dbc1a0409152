"""A ward that is simulated: people, their days, their bands, and what the rules make of them. Not medical advice."""
