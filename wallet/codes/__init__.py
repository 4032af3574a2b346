"""The code a payer shows at a till: made by the phone or by us, good once."""
