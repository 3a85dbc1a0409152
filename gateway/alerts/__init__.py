"""The life of an alert: the pure state machine, the desk that drives it, and who still has to be told."""
