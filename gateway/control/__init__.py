"""The control socket: scripts and the verbs of the command line ask the running gateway here (docs/control-socket.md)."""
