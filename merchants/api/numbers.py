"""What numbers and ids in addresses look like: what cannot be one is not looked for."""

from django.urls import register_converter


class _PublicId:
    """A public id of a store or a till: what cannot be one is not looked for."""

    regex = "[A-Z0-9]{1,25}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _OrderNumber(_PublicId):
    """A merchant's own number of an order."""

    regex = "[A-Za-z0-9_-]{1,64}"


class _Digits(_PublicId):
    """A number of a payment of ours."""

    regex = "[0-9]{18}"


register_converter(_PublicId, "public_id")
register_converter(_OrderNumber, "order_no")
register_converter(_Digits, "digits")
