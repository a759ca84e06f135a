"""The guest's own pages: bookings, cancellation, move, arrival, favourites, calendar feed, monthly statement."""
