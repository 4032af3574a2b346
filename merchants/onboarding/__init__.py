"""How a business becomes a merchant, keeps being one, and where it is paid to."""
