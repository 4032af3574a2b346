"""Those outside who move real money: what the wallet needs of them, and the bank over HTTP."""
