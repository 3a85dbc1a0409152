"""Drivers: pure decoders of what wristbands say. They know nothing of the gateway."""
