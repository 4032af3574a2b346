"""The admin of our own people: to look at money, and to decide about it through the use-cases."""

from merchants.admin.finance import disputes as disputes
from merchants.admin.finance import partners as partners
from merchants.admin.finance import risk as risk
from merchants.admin.finance import telling as telling
