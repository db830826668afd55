CREATE TABLE message (
  seq bigserial PRIMARY KEY,
  room text NOT NULL,
  body text NOT NULL,
  posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX message_of_room ON message (room, seq);

-- Who comes over TCP; the superuser has no password, so it cannot.
CREATE ROLE bench LOGIN PASSWORD 'bench';
GRANT SELECT, INSERT ON message TO bench;
GRANT USAGE ON SEQUENCE message_seq_seq TO bench;
