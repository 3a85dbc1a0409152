"""The way in: whose it is, whether it is new, a press, a repeat, a sign-in; measurements in, readings out."""
