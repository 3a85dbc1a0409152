"""Where frames come from: Bluetooth and serial ports."""
