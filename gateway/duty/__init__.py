"""Who is on duty: the phones that are asked by SMS, and the volunteers who are near. Pure."""
