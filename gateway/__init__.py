"""The gateway: hears wristbands, keeps what they say, and makes sure that somebody comes."""
