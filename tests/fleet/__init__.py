"""The fleet: the whole daemon as a process, a hundred bands of every kind, faults by a seed, and the account at the end."""
