"""The bank: its statements and lines, what matches them, what differs, and what is kept apart."""

from merchants.admin.finance.bank import breaks as breaks
from merchants.admin.finance.bank import days as days
from merchants.admin.finance.bank import lines as lines
from merchants.admin.finance.bank import matches as matches
from merchants.admin.finance.bank import safeguarding as safeguarding
from merchants.admin.finance.bank import statements as statements
