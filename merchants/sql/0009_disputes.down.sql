DROP TRIGGER merchants_payment_held_back ON merchants_payment;
DROP TRIGGER merchants_dispute_held_back ON merchants_dispute;
DROP TRIGGER merchants_dispute_guarded ON merchants_dispute;
DROP TRIGGER merchants_dispute_kept ON merchants_dispute;
DROP TRIGGER merchants_disputeevidence_append_only ON merchants_disputeevidence;
DROP FUNCTION merchants_check_held_back();
DROP FUNCTION merchants_guard_dispute();
GRANT DELETE ON merchants_dispute TO jigap_app;
GRANT UPDATE, DELETE ON merchants_disputeevidence TO jigap_app;
