"""The merchants' own admin site: what is theirs, and nothing of anyone else's."""

from merchants.admin.own import disputes as disputes
from merchants.admin.own import exports as exports
from merchants.admin.own import payments as payments
from merchants.admin.own import payouts as payouts
from merchants.admin.own import premises as premises
from merchants.admin.own import settlements as settlements
