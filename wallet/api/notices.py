"""The inbox, and how a person wants to be told."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.statements import MAX_PAGE
from wallet.api.etags import tagged
from wallet.api.languages import LANG, read_language
from wallet.api.once import answer, once
from wallet.api.places import read_limit, read_text, write_text
from wallet.api.reading import KEY, read_body
from wallet.api.stale import may_be_stale
from wallet.idempotency import Once
from wallet.models import Language, Notice, PushSubscription, User
from wallet.models.notices import ENDPOINT_LENGTH
from wallet.notices import inbox, subscriptions
from wallet.notices.preferences import prefer, preferences_of
from wallet.notices.sealing import from_base64url
from wallet.notices.texts import text_of
from wallet.notices.web_push import push_rules
from wallet.outgoing.addresses import look_at


class NoticeResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    wallet = serializers.UUIDField()
    happened_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticesResponse(serializers.Serializer[Any]):
    unread = serializers.IntegerField(help_text=f"Counted up to {inbox.MOST_COUNTED}")
    notices = NoticeResponse(many=True)
    next = serializers.CharField(allow_null=True)


class ReadRequest(serializers.Serializer[Any]):
    """Either the notices that were read, or the newest of those that were."""

    ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MAX_PAGE, required=False
    )
    through = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give ids or through.", "one_of")
        return attrs


class ReadResponse(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class Preferences(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=Language.choices)
    sms = serializers.BooleanField()
    push = serializers.BooleanField()


class KeysRequest(serializers.Serializer[Any]):
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)


class SubscriptionRequest(serializers.Serializer[Any]):
    """A browser's ``PushSubscription.toJSON()``; what else stands in that is passed over."""

    endpoint = serializers.CharField(max_length=ENDPOINT_LENGTH)
    keys = KeysRequest()


class SubscriptionResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    made_at = serializers.DateTimeField()


class ServerKeyResponse(serializers.Serializer[Any]):
    key = serializers.CharField()


class NoticeList(APIView):
    @extend_schema(
        operation_id="list_notices",
        parameters=[OpenApiParameter("after", str), OpenApiParameter("limit", int), LANG],
        responses=NoticesResponse,
    )
    @tagged
    @may_be_stale
    def get(self, request: Request) -> Response:
        person = _person(request)
        place, limit = read_text(request, "notices"), read_limit(request)
        language = read_language(request, preferences_of(person.pk).language)
        notices, last = inbox.page(person=person, limit=limit, before=place[0] if place else None)
        body = {
            "unread": inbox.unread(person=person),
            "notices": [_shown(notice, language) for notice in notices],
            "next": None if last is None else write_text("notices", last),
        }
        return Response(NoticesResponse(body).data)


class NoticesRead(APIView):
    @extend_schema(operation_id="read_notices", request=ReadRequest, responses=ReadResponse)
    def post(self, request: Request) -> Response:
        body = read_body(ReadRequest, request)
        at = timezone.now()
        if "ids" in body:
            left = inbox.read(person=_person(request), public_ids=body["ids"], at=at)
        else:
            left = inbox.read_all(person=_person(request), through=body["through"], at=at)
        return Response(ReadResponse({"unread": left}).data)


class PreferenceDetail(APIView):
    @extend_schema(operation_id="show_notice_preferences", responses=Preferences)
    def get(self, request: Request) -> Response:
        return Response(Preferences(preferences_of(_person(request).pk)).data)

    @extend_schema(
        operation_id="set_notice_preferences", request=Preferences, responses=Preferences
    )
    def put(self, request: Request) -> Response:
        body = read_body(Preferences, request)
        return Response(Preferences(prefer(person=_person(request), **body)).data)


class SubscriptionList(APIView):
    @extend_schema(
        operation_id="list_push_subscriptions", responses=SubscriptionResponse(many=True)
    )
    def get(self, request: Request) -> Response:
        found = PushSubscription.objects.filter(person=_person(request)).order_by("pk")
        return Response(SubscriptionResponse(found, many=True).data)

    @extend_schema(
        operation_id="subscribe_to_push",
        parameters=[KEY],
        request=SubscriptionRequest,
        responses={201: SubscriptionResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(SubscriptionRequest, request)
        made: Once[PushSubscription] = once(request, "subscribe_to_push", SubscriptionResponse)
        look_at(body["endpoint"], rules=push_rules())
        reply = subscriptions.subscribe.once(
            made,
            person=_person(request),
            endpoint=body["endpoint"],
            public_key=from_base64url(body["keys"]["p256dh"]),
            auth_secret=from_base64url(body["keys"]["auth"]),
            at=timezone.now(),
        )
        return answer(reply)


class SubscriptionDetail(APIView):
    @extend_schema(operation_id="unsubscribe_from_push", responses={204: None})
    def delete(self, request: Request, subscription_id: uuid.UUID) -> Response:
        if not subscriptions.unsubscribe(person=_person(request), public_id=subscription_id):
            raise Http404
        return Response(status=204)


class ServerKey(APIView):
    @extend_schema(operation_id="show_push_key", responses=ServerKeyResponse)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - a view is given one.
        return Response(ServerKeyResponse({"key": subscriptions.server_key()}).data)


def _person(request: Request) -> User:
    # Nobody else gets past the default permission.
    return cast("User", request.user)


def _shown(notice: Notice, language: str) -> dict[str, Any]:
    event = notice.event
    text = text_of(event.kind, event.facts, language)
    return {
        "id": notice.public_id,
        "kind": event.kind,
        "title": text.title,
        "body": text.body,
        "wallet": event.wallet.public_id,
        "happened_at": event.happened_at,
        "read_at": notice.read_at,
    }
