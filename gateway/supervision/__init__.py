"""What should be there and is not: silent bands, lost ports, faults of the machine. Pure: facts and times in, findings out."""
