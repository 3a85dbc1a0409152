"""The settings: TOML and CSV in, types with units and rails out, every mistake at once with its line."""
