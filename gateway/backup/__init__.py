"""A backup in one file: the configuration with its secrets, and the store; and the way back, on this box or on a spare one."""
