"""Appointments out of calendars: iCalendar texts become facts about promises."""
