from django.contrib import admin

from example.models import Item

admin.site.register(Item)
