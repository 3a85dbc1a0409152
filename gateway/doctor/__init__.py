"""Examines this machine for a configuration, names what is wrong by a code, and mends what is safe to mend."""
