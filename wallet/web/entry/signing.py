"""Signing up with a code sent to the telephone, signing in, and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from wallet import people
from wallet.errors import WalletError
from wallet.idempotency import Once, Reply, Request
from wallet.models import User, Wallet
from wallet.proof import one_time_codes, pins, web_sessions
from wallet.web.access import Page, address_of, admit
from wallet.web.drafts import Drafts
from wallet.web.forms.proof import PhoneForm, SignInForm, SignUpForm
from wallet.web.words import explain

HOME_CURRENCY = "KRW"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_SIGN_UP = "sign_up"


class DoorPage(Page):
    """A page for somebody who is not signed in; who is goes home."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody sign in twice."""
        if request.user.is_authenticated:
            return redirect(_following(request))
        return super().dispatch(request, *args, **kwargs)


class SignIn(DoorPage):
    template = "wallet/entry/sign_in.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=SignInForm(), next=request.GET.get("next", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, following = SignInForm(request.POST), request.POST.get("next", "")
        if not form.is_valid():
            return self.correct(form=form, next=following)
        try:
            admit(request, "sign_in")
            user = people.sign_in(
                **form.cleaned_data, address=address_of(request), at=timezone.now()
            )
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form, next=following)
        enter(request, user)
        return redirect(_following(request))


class SignUp(DoorPage):
    template = "wallet/entry/sign_up.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=PhoneForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        phone = form.cleaned_data["phone"]
        try:
            admit(request, "sign_up")
            one_time_codes.send(phone=phone, purpose="SIGN_UP", at=timezone.now())
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        draft = Drafts(request.session).begin(_SIGN_UP, phone=phone)
        request.session[_SIGN_UP] = draft.key
        return redirect("wallet:sign_up_code")


class SignUpCode(DoorPage):
    """The second step: the code, a password, and the PIN."""

    template = "wallet/entry/sign_up_code.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if _SIGN_UP not in request.session:
            return redirect("wallet:sign_up")
        draft = Drafts(request.session).get(request.session[_SIGN_UP])
        return self.show(form=SignUpForm(), phone=draft.facts["phone"])

    def post(self, request: HttpRequest) -> HttpResponse:
        if _SIGN_UP not in request.session:
            return redirect("wallet:sign_up")
        draft = Drafts(request.session).get(request.session[_SIGN_UP])
        form, phone = SignUpForm(request.POST), draft.facts["phone"]
        if not form.is_valid():
            return self.correct(form=form, phone=phone)
        try:
            admit(request, "sign_up")
            user = _open(phone, draft.key, **form.cleaned_data)
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form, phone=phone)
        enter(request, user)
        return redirect("wallet:home")


class SignOut(Page):
    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        answer = redirect("wallet:sign_in")
        # The phone's own keys and kept pages go with whoever signs out.
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer


def _open(phone: str, key: str, *, code: str, password: str, pin: str) -> User:
    """Sign somebody up, and set the PIN; the same form sent again does neither again."""
    at = timezone.now()
    one_time_codes.check(phone=phone, purpose="SIGN_UP", code=code, used_by=key, at=at)
    request = Request.of(
        principal="anyone", operation="web.sign_up", key=key, content=[phone, password]
    )
    once: Once[Wallet] = Once(
        request,
        render=lambda wallet: Reply(201, {"id": wallet.holder_id}),
        decline=lambda _exc: None,
    )
    reply = people.sign_up.once(
        once, phone=phone, password=password, currency=HOME_CURRENCY, at=at
    )
    user = User.objects.get(pk=reply.body["id"])
    if not reply.is_replay:
        pins.set_pin(user=user, pin=pin, password=password, at=at)
    return user


def enter(request: HttpRequest, user: User) -> None:
    """Sign somebody in here, and write down where that is."""
    login(request, user, backend=_BACKEND)
    request.session.save()
    web_sessions.begin(
        user=user,
        session_key=str(request.session.session_key),
        user_agent=request.headers.get("User-Agent", ""),
        address=address_of(request),
        at=timezone.now(),
    )


def _following(request: HttpRequest) -> str:
    """Return where somebody wanted to go before signing in; only to our own pages."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    hosts = {request.get_host()}
    return asked if url_has_allowed_host_and_scheme(asked, hosts, request.is_secure()) else "/"
