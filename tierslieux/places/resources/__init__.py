"""What can be booked in a place: resources, their seats, their own hours, and who was given a seat."""
