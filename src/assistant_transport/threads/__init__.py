"""Threads that the server keeps, by Django's ORM: an app of its own, for INSTALLED_APPS, used where THREADS is on."""
