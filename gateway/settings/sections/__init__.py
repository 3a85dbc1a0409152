"""The sections of `gateway.toml` as types, a file each: every key with its unit, its rails and its default."""
