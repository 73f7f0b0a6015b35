"""Django's admin for kept threads and what runs took. Content is shown with a permission of its own only."""

import logging
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from assistant_transport.http import thread_deletion
from assistant_transport.http.errors import ApiError
from assistant_transport.runs import LogUnavailableError
from assistant_transport.threads import reading, usage
from assistant_transport.threads.models import RunRecord, Thread

logger = logging.getLogger(__name__)

if TYPE_CHECKING:  # the classes are generic for the type checker only
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[RunRecord, Thread]
else:
    _ModelAdmin, _TabularInline = admin.ModelAdmin, admin.TabularInline

_MAX_ROWS = 2000
_TOKENS = ("input_tokens", "output_tokens", "cached_tokens")


class ReadOnly(_ModelAdmin):
    """What only runs and clients write: it can be read, and deleted, but not changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RunsOfThread(_TabularInline):
    model = RunRecord
    fields = ("begun", "assistant", "model", *_TOKENS, "seconds", "outcome", "reason")
    readonly_fields = fields
    ordering = ("-begun",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # to whoever sees the thread


@admin.register(Thread)
class ThreadAdmin(ReadOnly):
    list_filter = ("archived", "imported", "last_activity")
    list_select_related = ("user",)
    show_full_result_count = False  # it would count every thread of everybody
    inlines = (RunsOfThread,)
    readonly_fields = ("conversation", "hidden")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("name", "owner", "user", *(("title",) if _may_read(request) else ()), "archived", "last_activity")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        user = f"user__{get_user_model().USERNAME_FIELD}"
        return ("=name", "=owner", user, *(("title",) if _may_read(request) else ()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        known = (("name", "owner", "user"), ("archived", "imported", "lost"), ("created", "updated", "last_activity"))
        return (*known, "title", "conversation") if _may_read(request) else (*known, "hidden")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django lets the address filter by every field: `?title__startswith=a` would tell a title letter by letter."""
        is_content = lookup.partition("__")[0] in ("title", "rest", "messages")
        return super().lookup_allowed(lookup, value, request) and (not is_content or _may_read(request))

    @admin.display(description="content")
    def hidden(self, thread: Thread) -> str:
        """Stands for what is not shown."""
        return "Titles and messages take the permission “Can read titles and messages”."

    def conversation(self, thread: Thread) -> SafeString:
        """The shown branch as text: what a message has of HTML is not taken for it."""
        rows = reading.conversation(thread)
        style = "white-space: pre-wrap; overflow-wrap: anywhere"
        return format_html_join("", f'<p><strong>{{}}</strong></p><p style="{style}">{{}}</p>', rows)

    def delete_model(self, request: HttpRequest, obj: Thread) -> None:
        self.delete_queryset(request, Thread.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        places = list(queryset.values_list("owner", "name"))
        queryset.delete()
        async_to_sync(_forget)(places)


async def _forget(places: list[tuple[str, str]]) -> None:
    """Stops the replies on deleted threads, and deletes what else is kept of them."""
    for owner, name in places:
        try:
            await thread_deletion.stop(owner, name)
            await thread_deletion.forget(owner, name)
        except (ApiError, LogUnavailableError) as error:  # what is in the log expires by itself
            logger.warning("The log keeps a deleted thread until it expires: %s", type(error).__name__)


def _may_read(request: HttpRequest) -> bool:
    user: Any = request.user  # a project's own class may have any bases
    return bool(user.has_perm("assistant_threads.read_content"))


@admin.register(RunRecord)
class RunRecordAdmin(ReadOnly):
    list_display = ("begun", "owner", "key", "assistant", "model", *_TOKENS, "seconds", "outcome", "reason")
    list_filter = ("outcome", "begun", "assistant", "model", "key")
    search_fields = ("=owner", "=key")
    date_hierarchy = "begun"
    show_full_result_count = False
    fields = (*list_display, "thread")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.usage)
        return [path("usage/", view, name="assistant_threads_usage"), *super().get_urls()]

    def usage(self, request: HttpRequest) -> HttpResponse:
        """What runs took: `by` and `since` and `until` of the query, as of the command report_usage."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        by = [name for name in request.GET.getlist("by") if name in usage.GROUPS] or ["day"]
        since, until = (parse_date(request.GET.get(name, "")) for name in ("since", "until"))
        columns = [*by, *usage.SUMS]
        rows = [[row[name] for name in columns] for row in usage.totals(by, since, until)[:_MAX_ROWS]]
        shown = {"title": "Usage", "by": by, "groups": usage.GROUPS, "since": since, "until": until}
        context = self.admin_site.each_context(request) | shown | {"columns": columns, "rows": rows, "opts": self.opts}
        return TemplateResponse(request, "admin/assistant_threads/usage.html", context)
