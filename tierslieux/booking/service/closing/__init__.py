"""Closing over bookings: a closure, shorter hours, fewer seats; what becomes of the bookings in the way.

``settling`` carries out what a team decided, booking by booking, in one transaction with the change itself. Whoever
calls it holds the locks of all resources of the place, and has made the change already: what is judged is judged
against the place as it will be.
"""
