"""The two admin sites: of our own people who handle money, and of merchants."""

from merchants.admin import finance as finance
from merchants.admin import own as own
