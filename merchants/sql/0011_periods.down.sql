DROP TRIGGER merchants_period_request_kept ON merchants_periodrequest;
DROP TRIGGER merchants_period_request_guarded ON merchants_periodrequest;
DROP FUNCTION merchants_guard_period_request();
GRANT DELETE ON merchants_periodrequest TO jigap_app;
