"""When business days end, which of them are closed together, and when they are paid."""
