"""What the gateway would have told, of readings and deeds in a file: the daemon's own core on a virtual clock, offline."""
