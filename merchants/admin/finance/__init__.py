"""The admin of our own people: they look at money, and decide by the use-cases alone."""

from merchants.admin.finance import bank as bank
from merchants.admin.finance import disputes as disputes
from merchants.admin.finance import exports as exports
from merchants.admin.finance import months as months
from merchants.admin.finance import onboarding as onboarding
from merchants.admin.finance import partners as partners
from merchants.admin.finance import payouts as payouts
from merchants.admin.finance import risk as risk
from merchants.admin.finance import settlements as settlements
from merchants.admin.finance import telling as telling
