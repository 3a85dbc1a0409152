"""SMS through a modem at a serial port: the second path, from a text to the network's word, and back."""
