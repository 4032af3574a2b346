-- A nonce is found by its device and itself, and by nothing else; an event by its id.
ALTER TABLE wallet_devicenonce DROP CONSTRAINT wallet_device_nonce_once;
ALTER TABLE wallet_devicenonce DROP COLUMN id;
ALTER TABLE wallet_devicenonce ADD CONSTRAINT wallet_device_nonce_once PRIMARY KEY (device_id, nonce);
DROP INDEX wallet_devicenonce_device_id_d561f6d1;
DROP INDEX wallet_devicenonce_used_at_3ab9d5a5;
ALTER TABLE wallet_event DROP COLUMN public_id;
