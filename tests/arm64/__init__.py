"""The processor of a Raspberry Pi, emulated where there is another: `./dev arm64` (docs/testing.md)."""
