-- A chain of hashes over the batches, a log of events beside them, and the accounts that members sign in with.
-- The hashes and salts of the batches that are already there are set when these columns are (see chain.seal_all).

ALTER TABLE meta ADD COLUMN batch INTEGER DEFAULT 0;
ALTER TABLE meta ALTER COLUMN batch SET NOT NULL;
ALTER TABLE meta ALTER COLUMN batch DROP DEFAULT;
ALTER TABLE meta ADD COLUMN hash VARCHAR DEFAULT '';
ALTER TABLE meta ALTER COLUMN hash SET NOT NULL;
ALTER TABLE meta ALTER COLUMN hash DROP DEFAULT;
ALTER TABLE meta ADD COLUMN event INTEGER DEFAULT 0;
ALTER TABLE meta ALTER COLUMN event SET NOT NULL;
ALTER TABLE meta ALTER COLUMN event DROP DEFAULT;
ALTER TABLE meta ADD COLUMN event_hash VARCHAR DEFAULT '';
ALTER TABLE meta ALTER COLUMN event_hash SET NOT NULL;
ALTER TABLE meta ALTER COLUMN event_hash DROP DEFAULT;
ALTER TABLE meta ADD COLUMN weeded INTEGER DEFAULT 0;
ALTER TABLE meta ALTER COLUMN weeded SET NOT NULL;
ALTER TABLE meta ALTER COLUMN weeded DROP DEFAULT;

ALTER TABLE batch ADD COLUMN salt VARCHAR DEFAULT '';
ALTER TABLE batch ALTER COLUMN salt SET NOT NULL;
ALTER TABLE batch ALTER COLUMN salt DROP DEFAULT;
ALTER TABLE batch ADD COLUMN hash VARCHAR DEFAULT '';
ALTER TABLE batch ALTER COLUMN hash SET NOT NULL;
ALTER TABLE batch ALTER COLUMN hash DROP DEFAULT;

ALTER TABLE change ADD COLUMN salt VARCHAR DEFAULT '';
ALTER TABLE change ALTER COLUMN salt SET NOT NULL;
ALTER TABLE change ALTER COLUMN salt DROP DEFAULT;

-- What a weeding batch has taken texts out of, with the digest before and after. Never altered in its turn.
CREATE TABLE weeded (
    batch INTEGER NOT NULL,              -- the batch that weeded
    what VARCHAR NOT NULL,               -- words: a batch's own texts and its entries'; change: one change
    owner INTEGER NOT NULL,              -- the batch that they belong to
    number INTEGER NOT NULL,             -- the change's position; 0 for words
    digest VARCHAR NOT NULL,             -- what the owner's hash rests on
    instead VARCHAR NOT NULL             -- the digest of what stands there now
);

-- What was done that is not a batch: sign-ins, refusals, copies taken. Not replaced when a backup is restored.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    happened TIMESTAMP NOT NULL,         -- UTC, never earlier than the event before
    kind VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    salt VARCHAR NOT NULL,
    hash VARCHAR NOT NULL                -- SHA-256 over the event and the hash of the event before
);

-- The same as `weeded`, of the event log.
CREATE TABLE event_weeded (
    told INTEGER NOT NULL,               -- the event that tells of the weeding
    event INTEGER NOT NULL,              -- the event whose texts were taken out
    digest VARCHAR NOT NULL,
    instead VARCHAR NOT NULL
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    provider VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,            -- by what the provider knows the person
    member INTEGER NOT NULL,
    email VARCHAR                        -- as the provider gave it when the account was bound to the member
);
