"""The hallway: process, sockets, wiring, lifecycle, dispatcher, schedules, command line."""
