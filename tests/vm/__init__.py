"""A virtual machine of Debian packages: real Linux, systemd, bluetoothd and D-Bus, and a radio in software (`./dev vm`)."""
