"""The merchant API: applications, stores, tills, staff, keys, fees, bank accounts."""
