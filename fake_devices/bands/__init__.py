"""Virtual wristbands, one file a kind."""
