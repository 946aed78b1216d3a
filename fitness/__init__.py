"""What compares sound: distances between candidates and one target."""
