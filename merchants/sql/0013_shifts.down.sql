GRANT DELETE ON merchants_tillshift TO jigap_app;
DROP TRIGGER merchants_till_shift_kept ON merchants_tillshift;
DROP TRIGGER merchants_till_shift_final ON merchants_tillshift;
DROP FUNCTION merchants_refuse_closed_shift();
