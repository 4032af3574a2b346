DROP FUNCTION merchants_write_charge;
DROP FUNCTION merchants_look_at_charge;
DROP FUNCTION merchants_measure_risk;
