"""The building: rooms and equipment, opening days in two shifts, bookings, and how much of it all is used."""
