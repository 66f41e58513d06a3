-- Fou's schema, version 5. Older databases are brought here by the numbered files in migrations/.
--
-- Ledger: batch, entry and change are append-only. The other tables hold today's facts that are not money; each
-- change to them is logged whole in `change`, from which they can be rebuilt.
--
-- Chain: each batch carries a hash over what it holds and the batch before it, each event one over itself and the event
-- before it (chain.py says over what). Only weeding rewrites a stored text, and `weeded` keeps the digest of what it was.
--
-- There are no foreign keys: DuckDB would block ordinary edits of the parents, and slow down large imports. The
-- unit of work keeps the references whole and `python -m fou check` verifies them.

CREATE TABLE meta (
    application VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    batch INTEGER NOT NULL,              -- the latest batch and event with their hashes, so that it is seen if
    hash VARCHAR NOT NULL,               -- the last ones are gone
    event INTEGER NOT NULL,
    event_hash VARCHAR NOT NULL,
    weeded INTEGER NOT NULL              -- how many weedings there have been since the file was written anew
);

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    posted TIMESTAMP NOT NULL,           -- UTC, never earlier than the batch before
    actor VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,               -- the action that was done: import, edit, undo …
    note VARCHAR NOT NULL,
    file VARCHAR,                        -- an import's file name
    sha256 VARCHAR,                      -- and its SHA-256
    undoes INTEGER,                      -- the batch that this one takes back
    entries INTEGER NOT NULL,            -- how many entries and changes belong to it, and the
    changes INTEGER NOT NULL,            -- entries' sum: by these it is seen to be whole
    total DECIMAL(18, 2) NOT NULL,
    salt VARCHAR NOT NULL,               -- random, so that a digest does not give away a name that was weeded
    hash VARCHAR NOT NULL                -- SHA-256 over the batch and the hash of the batch before
);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    funder INTEGER NOT NULL,
    project INTEGER,
    call INTEGER,
    area INTEGER,
    amount DECIMAL(15, 2) NOT NULL,      -- SEK excluding VAT
    open INTEGER NOT NULL,               -- +1: the amount is not yet set; -1: that is taken back
    condition VARCHAR,
    basis VARCHAR NOT NULL,              -- stated or spread
    source VARCHAR NOT NULL,             -- documents.xlsx › Budget › J4
    document VARCHAR,                    -- what the source itself rests on
    reverses INTEGER                     -- the statement that this entry takes back (or brings back again)
);

CREATE TABLE change (
    batch INTEGER NOT NULL,
    position INTEGER NOT NULL,           -- order within the batch
    record VARCHAR NOT NULL,             -- the table
    id INTEGER NOT NULL,
    before VARCHAR,                      -- the whole record as JSON; NULL when it did not exist
    after VARCHAR,                       -- the whole record as JSON; NULL when it no longer exists
    source VARCHAR,                      -- the sheet and row that said so
    salt VARCHAR NOT NULL                -- as the batch's
);

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

CREATE TABLE setting (
    id INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    value VARCHAR
);

CREATE TABLE funder (
    id INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    note VARCHAR
);

CREATE TABLE area (
    id INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    first_year INTEGER,
    last_year INTEGER,
    successor INTEGER,
    description VARCHAR
);

CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    board VARCHAR,
    decided DATE,
    reference VARCHAR,
    immediate_approval BOOLEAN,
    preparation VARCHAR,
    text VARCHAR,
    source VARCHAR
);

CREATE TABLE plan_version (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    head INTEGER NOT NULL,               -- the batch whose state the board decided on
    board VARCHAR,
    decided DATE,
    reference VARCHAR,
    immediate_approval BOOLEAN,
    note VARCHAR                         -- what was changed since the version before
);

CREATE TABLE project (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    area INTEGER,
    summary VARCHAR,
    lead VARCHAR,
    performer VARCHAR,
    host VARCHAR,
    units VARCHAR,
    starts VARCHAR,                      -- 2012, 2014-10 or 2018-12-01: as precise as the source
    ends VARCHAR,
    period_note VARCHAR,
    parent INTEGER,
    grant_type VARCHAR,
    keywords VARCHAR,
    reference VARCHAR,
    source VARCHAR
);

CREATE TABLE project_link (
    id INTEGER PRIMARY KEY,
    earlier INTEGER NOT NULL,
    later INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    source VARCHAR
);

CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    opens DATE,
    closes DATE,
    state VARCHAR NOT NULL,
    text VARCHAR,
    source VARCHAR,
    assessed DATE,                       -- when the assessments are to be ready
    decides DATE,                        -- when the decision is planned
    rules VARCHAR,
    kinds VARCHAR,                       -- new or continuing projects; NULL for both
    scores_open BOOLEAN,                 -- the members see each other's assessments
    copied_from INTEGER
);

CREATE TABLE criterion (
    id INTEGER PRIMARY KEY,
    call INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    weight INTEGER,                      -- 1 when it is not said
    scale INTEGER,                       -- the highest value
    source VARCHAR,
    lowest INTEGER,                      -- the lowest; 0 when it is not said
    guidance VARCHAR
);

CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    email VARCHAR,
    role VARCHAR NOT NULL,
    unit VARCHAR,
    chair BOOLEAN
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    provider VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,            -- by what the provider knows the person
    member INTEGER NOT NULL,
    email VARCHAR                        -- as the provider gave it when the account was bound to the member
);

CREATE TABLE proposal (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    call INTEGER NOT NULL,
    project INTEGER NOT NULL,
    applicants VARCHAR,
    joint BOOLEAN,
    continuing BOOLEAN,
    received DATE,
    source VARCHAR,
    state VARCHAR,                       -- received when it is not said
    reference VARCHAR,                   -- the case number (dnr)
    contact VARCHAR,                     -- whom to ask
    least INTEGER,                       -- the least that the applicant can do with, whole SEK
    moved_to INTEGER                     -- the same application in another call
);

-- What a form says by year and type of cost. The ledger's requested entries are the sums of what is applied for here.
CREATE TABLE proposal_cost (
    id INTEGER PRIMARY KEY,
    proposal INTEGER NOT NULL,
    year INTEGER NOT NULL,
    cost_type VARCHAR NOT NULL,
    payer VARCHAR NOT NULL,              -- requested, or co_funding: the applicant's own money and others'
    amount INTEGER NOT NULL              -- whole SEK excluding VAT
);

CREATE TABLE score (
    id INTEGER PRIMARY KEY,
    proposal INTEGER NOT NULL,
    member INTEGER NOT NULL,
    criterion INTEGER NOT NULL,          -- the criterion's position in the call
    value INTEGER,
    cannot_judge BOOLEAN,
    comment VARCHAR
);

CREATE TABLE conflict (
    id INTEGER PRIMARY KEY,
    proposal INTEGER NOT NULL,
    member INTEGER NOT NULL,
    reason VARCHAR,
    declared DATE,
    state VARCHAR                        -- declared when it is not said
);

CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    board VARCHAR,
    decided DATE,
    paragraph VARCHAR,
    immediate_approval BOOLEAN,
    outcome VARCHAR NOT NULL,
    text VARCHAR
);

CREATE TABLE follow_up (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    project INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    performer VARCHAR,
    period VARCHAR,
    method VARCHAR,
    questions VARCHAR,
    source VARCHAR
);

CREATE TABLE follow_up_item (
    id INTEGER PRIMARY KEY,
    follow_up INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    source VARCHAR
);

CREATE TABLE report_due (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    due DATE NOT NULL,
    received DATE
);

CREATE TABLE output (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    published VARCHAR,
    note VARCHAR,
    source VARCHAR
);

CREATE TABLE alias (
    id INTEGER PRIMARY KEY,
    record VARCHAR NOT NULL,             -- the table that the name was looked up in: project, funder, area or call
    label VARCHAR NOT NULL,              -- the name as files write it, folded
    project INTEGER,                     -- what it means: one of these four
    funder INTEGER,
    area INTEGER,
    call INTEGER
);

CREATE TABLE import_layout (
    id INTEGER PRIMARY KEY,
    signature VARCHAR NOT NULL,          -- what the sheet looks like, with the years taken out
    name VARCHAR NOT NULL,               -- the file and sheet that the answers came from
    choices VARCHAR NOT NULL             -- the answers, as JSON
);
