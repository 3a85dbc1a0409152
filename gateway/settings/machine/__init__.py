"""What a configuration needs of its machine: rights, disk, mounts, the sandbox of the unit, ports, certificates that hold."""
