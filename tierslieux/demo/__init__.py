"""A made-up life for a base without one: places with desks, teams, guests and months of bookings.

Everything follows from a seed and a day. What is stored is what the booking engine would have stored: judged by its
rules, seated by its seating, with its events and marks.
"""
