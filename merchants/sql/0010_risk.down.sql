DROP TRIGGER merchants_riskrule_guarded ON merchants_riskrule;
DROP TRIGGER merchants_riskrule_kept ON merchants_riskrule;
DROP TRIGGER merchants_riskrulechange_append_only ON merchants_riskrulechange;
DROP TRIGGER merchants_riskhit_append_only ON merchants_riskhit;
DROP TRIGGER merchants_riskreview_append_only ON merchants_riskreview;
DROP FUNCTION merchants_guard_risk_rule();
GRANT UPDATE, DELETE ON
    merchants_riskrule, merchants_riskrulechange, merchants_riskhit, merchants_riskreview
    TO jigap_app;
