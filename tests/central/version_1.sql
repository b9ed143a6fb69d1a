-- A central's database as perisai 0.1.0 left it; every person in it is made up.
BEGIN TRANSACTION;
CREATE TABLE access_tokens (
	token_hash TEXT NOT NULL, 
	device TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(device) REFERENCES devices (device)
);
INSERT INTO "access_tokens" VALUES('e5965215f807c8b89b55a3bc38d9db532d3054dcf7485641bfe0943057c652d3','01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:15:00Z');
INSERT INTO "access_tokens" VALUES('f9da7dcf382b3da4c2780a4f456d71462adfadabc56474dc0009ec4ec096460e','01a200fb-5100-7000-9051-571ca18167e7','2026-11-22T02:15:00Z');
CREATE TABLE agents (
	agent TEXT NOT NULL, 
	name TEXT NOT NULL, 
	office TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	PRIMARY KEY (agent)
);
INSERT INTO "agents" VALUES('A-017','Agen Uji','DPS','2026-11-22T02:00:00Z');
INSERT INTO "agents" VALUES('A-018','Agen Uji','DPS','2026-11-22T02:00:00Z');
INSERT INTO "agents" VALUES('A-019','Agen Tiga','DPS','2026-11-22T02:00:00Z');
CREATE TABLE commits (
	seq BIGINT NOT NULL, 
	token TEXT NOT NULL, 
	committed_at TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "commits" VALUES(1,'cc31ba677c25af12','2026-11-22T02:00:00Z','01a200fb-5100-7000-ad5c-95495d2bd20b');
INSERT INTO "commits" VALUES(2,'14012f13e37b9a01','2026-11-22T02:00:00Z','01a200fb-5100-7000-8f53-3d9e23117b2b');
INSERT INTO "commits" VALUES(3,'26cb8233b647634e','2026-11-22T02:00:00Z','01a200fb-5100-7000-80c9-78f0e64425f3');
INSERT INTO "commits" VALUES(4,'183a171946a79675','2026-11-22T02:00:00Z','01a200fb-5100-7000-9c91-dc22291fea09');
INSERT INTO "commits" VALUES(5,'398d3c8b7fc2a147','2026-11-22T02:00:00Z','01a200fb-5100-7000-b7a3-9decd86fe196');
INSERT INTO "commits" VALUES(6,'2beddd8ab60c4ab3','2026-11-22T02:00:00Z','01a200fb-5100-7000-ad5c-95495d2bd20b');
INSERT INTO "commits" VALUES(7,'b56777a3e3256fac','2026-11-22T02:00:00Z','01a200fb-5100-7000-80c9-78f0e64425f3');
INSERT INTO "commits" VALUES(8,'001c6ab92c2e3500','2026-11-22T02:00:00Z','01a200fb-5100-7000-ad5c-95495d2bd20b');
INSERT INTO "commits" VALUES(9,'a4880964aa9efaca','2026-11-22T02:00:00Z','01a200fb-5100-7000-8f53-3d9e23117b2b');
CREATE TABLE conflicts (
	id TEXT NOT NULL, 
	rev BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	device TEXT NOT NULL, 
	body JSON NOT NULL, 
	base_rev BIGINT NOT NULL, 
	received_at TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	PRIMARY KEY (id, rev, hash, device), 
	FOREIGN KEY(id) REFERENCES items (id)
);
INSERT INTO "conflicts" VALUES('01a200fb-5100-7000-ad5c-95495d2bd20b',1,'f1570125ceab053844361afb156db64bce563ec8dbd6b2516f347c9012fca7d6','01a200fb-5100-7000-9051-571ca18167e7','{"worker": {"nik": "5171015701900002", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 3, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 57000, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'2026-11-22T02:00:00Z',6);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('seq',9);
INSERT INTO "counters" VALUES('number',99000000003);
CREATE TABLE decisions (
	seq BIGINT NOT NULL, 
	id TEXT NOT NULL, 
	rev BIGINT NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT, 
	problem JSON, 
	decided_at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(id) REFERENCES items (id)
);
INSERT INTO "decisions" VALUES(9,'01a200fb-5100-7000-8f53-3d9e23117b2b',1,'accepted',NULL,NULL,'2026-11-22T02:00:00Z');
CREATE TABLE devices (
	device TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	region TEXT NOT NULL, 
	public_key BLOB NOT NULL, 
	registered_at TEXT NOT NULL, 
	PRIMARY KEY (device), 
	FOREIGN KEY(agent) REFERENCES agents (agent)
);
INSERT INTO "devices" VALUES('01a200fb-5100-7000-9462-742339edbc5f','A-017','5171',X'BF40D7E7700D6FB09831C0181F34DF8B0DD7DB2E64C503838F0BB18BFE088A2B','2026-11-22T02:00:00Z');
INSERT INTO "devices" VALUES('01a200fb-5100-7000-9051-571ca18167e7','A-018','5171',X'958D71C30AAEDE15434D529D34CB56911D1C25A64B1A104E1F2A4EB2D5689E78','2026-11-22T02:00:00Z');
CREATE TABLE item_versions (
	id TEXT NOT NULL, 
	rev BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	status TEXT NOT NULL, 
	canonical_id TEXT, 
	problem JSON, 
	body JSON NOT NULL, 
	base_rev BIGINT NOT NULL, 
	device TEXT NOT NULL, 
	received_at TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	PRIMARY KEY (id, rev), 
	FOREIGN KEY(id) REFERENCES items (id)
);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-ad5c-95495d2bd20b',1,'f1570125ceab053844361afb156db64bce563ec8dbd6b2516f347c9012fca7d6','accepted',NULL,NULL,'{"worker": {"nik": "5171015701900002", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 3, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 57000, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',1);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-8f53-3d9e23117b2b',1,'5cdd845a2df6c398609e522628f9a3bfb26c60cf6af302cb138da1dc0f5c33f7','accepted',NULL,NULL,'{"worker": {"nik": "5171015701900003", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 3, "attestation": {"working": true, "critically_ill": true, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 57000, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',9);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-80c9-78f0e64425f3',1,'04280c122207520fc2d5d416e553577dd4c35daab20788da596728250e6463c7','accepted',NULL,NULL,'{"worker": {"nik": "5171015701900004", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 3, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 57000, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',3);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-9c91-dc22291fea09',1,'555b257e8f226f870c2a7d58015426cc6379fe634305c8a6b7cdbed857797914','rejected',NULL,'{"type": "body.malformed", "title": "The body does not have the form of its kind.", "errors": [{"pointer": "/quote/total", "code": "body.malformed"}]}','{"worker": {"nik": "5171015701900005", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 3, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": "16800", "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',4);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-b7a3-9decd86fe196',1,'893d0470c4df888fb414cf4ba7b76019a2d10f4512dcaca04f0b6b55fddc9b1a','duplicate','01a200fb-5100-7000-ad5c-95495d2bd20b','{"type": "nik.duplicate", "title": "Another record holds the same NIK.", "errors": [{"pointer": "/nik", "code": "nik.duplicate"}]}','{"worker": {"nik": "5171015701900002", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 6, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 125400, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',0,'01a200fb-5100-7000-9051-571ca18167e7','2026-11-22T02:00:00Z',5);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-80c9-78f0e64425f3',2,'0a6b5c3efbfc1ca6b0200f92733ec3779194819601e47a260b818ea1409002b5','withdrawn',NULL,NULL,'{"withdrawn": {"at": "2026-11-22T02:00:00Z", "reason": "mistake"}}',1,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',7);
INSERT INTO "item_versions" VALUES('01a200fb-5100-7000-ad5c-95495d2bd20b',2,'cf52c9bf135287f9487b62a0cb75bf36c02de63f8711f8d144ebb3907fdae009','accepted',NULL,NULL,'{"worker": {"nik": "5171015701900002", "name": "Ni Luh Uji Coba", "birth_date": "1990-01-17", "sex": "F", "phone": "+6281234567890", "occupations": [{"code": "trader", "place": "Pasar Sindhu"}], "income": 1500000, "programs": ["jkk", "jkm"], "sector": "other", "payer": "self", "owner": false, "start": "2026-12", "months": 12, "attestation": {"working": true, "critically_ill": false, "text": "attestation-1", "at": "2026-11-22T02:00:00Z"}, "consent": {"given": true, "method": "signature", "text": "consent-1", "at": "2026-11-22T02:00:00Z"}}, "quote": {"total": 262200, "tier": 4, "rules": "57aeb6a80e52fe6d"}, "captured": {"at": "2026-11-22T02:00:00Z", "day": "2026-11-22"}}',1,'01a200fb-5100-7000-9462-742339edbc5f','2026-11-22T02:00:00Z',8);
CREATE TABLE items (
	id TEXT NOT NULL, 
	rev BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	status TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	device TEXT NOT NULL, 
	canonical_id TEXT, 
	kpj TEXT, 
	payment_code TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(agent) REFERENCES agents (agent), 
	FOREIGN KEY(device) REFERENCES devices (device), 
	UNIQUE (kpj)
);
INSERT INTO "items" VALUES('01a200fb-5100-7000-ad5c-95495d2bd20b',2,'cf52c9bf135287f9487b62a0cb75bf36c02de63f8711f8d144ebb3907fdae009','accepted','enrolment','A-017','01a200fb-5100-7000-9462-742339edbc5f',NULL,'99000000001','CTH99000000001');
INSERT INTO "items" VALUES('01a200fb-5100-7000-8f53-3d9e23117b2b',1,'5cdd845a2df6c398609e522628f9a3bfb26c60cf6af302cb138da1dc0f5c33f7','accepted','enrolment','A-017','01a200fb-5100-7000-9462-742339edbc5f',NULL,'99000000003','CTH99000000003');
INSERT INTO "items" VALUES('01a200fb-5100-7000-80c9-78f0e64425f3',2,'0a6b5c3efbfc1ca6b0200f92733ec3779194819601e47a260b818ea1409002b5','withdrawn','enrolment','A-017','01a200fb-5100-7000-9462-742339edbc5f',NULL,'99000000002','CTH99000000002');
INSERT INTO "items" VALUES('01a200fb-5100-7000-9c91-dc22291fea09',1,'555b257e8f226f870c2a7d58015426cc6379fe634305c8a6b7cdbed857797914','rejected','enrolment','A-017','01a200fb-5100-7000-9462-742339edbc5f',NULL,NULL,NULL);
INSERT INTO "items" VALUES('01a200fb-5100-7000-b7a3-9decd86fe196',1,'893d0470c4df888fb414cf4ba7b76019a2d10f4512dcaca04f0b6b55fddc9b1a','duplicate','enrolment','A-018','01a200fb-5100-7000-9051-571ca18167e7','01a200fb-5100-7000-ad5c-95495d2bd20b',NULL,NULL);
CREATE TABLE nik_claims (
	nik_key TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	PRIMARY KEY (nik_key), 
	UNIQUE (record_id), 
	FOREIGN KEY(record_id) REFERENCES items (id)
);
INSERT INTO "nik_claims" VALUES('2addf8510071d3202e3b2e573916f154a602dc18ecae84bbeda61efc755dce70','01a200fb-5100-7000-8f53-3d9e23117b2b');
INSERT INTO "nik_claims" VALUES('6e4fbb268127d79eb9d450c961c5be6ba2dd825e42c993aecf4aa4e0adb6a6e5','01a200fb-5100-7000-ad5c-95495d2bd20b');
CREATE TABLE registration_codes (
	code_hash TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(agent) REFERENCES agents (agent)
);
INSERT INTO "registration_codes" VALUES('cc1c0273f36237d42b90db303481398e835e795096d9c8840707331a551237a1','A-019','2026-11-22T02:00:00Z');
CREATE TABLE server_settings (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "server_settings" VALUES('schema','1');
INSERT INTO "server_settings" VALUES('nik_key','25fb35a3d559fa88a5a75bb4222ff42ae6123ff282aa4cae61466780bd8c8883');
CREATE TABLE used_nonces (
	device TEXT NOT NULL, 
	nonce TEXT NOT NULL, 
	PRIMARY KEY (device, nonce), 
	FOREIGN KEY(device) REFERENCES devices (device)
);
INSERT INTO "used_nonces" VALUES('01a200fb-5100-7000-9462-742339edbc5f','779dcfbe2f31148395cd78bb5bcc206c');
INSERT INTO "used_nonces" VALUES('01a200fb-5100-7000-9051-571ca18167e7','d56ac04e60b44cfd38a8a964d53d52dd');
CREATE INDEX ix_registration_codes_agent ON registration_codes (agent);
CREATE INDEX ix_devices_agent ON devices (agent);
CREATE INDEX ix_access_tokens_device ON access_tokens (device);
CREATE INDEX ix_items_device ON items (device);
CREATE INDEX ix_items_status ON items (status);
CREATE INDEX decisions_by_record ON decisions (id, seq);
COMMIT;
