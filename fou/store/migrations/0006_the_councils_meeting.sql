-- What a meeting of the council needs: scenarios with their lines, attendance, the frozen recommendation, and what the board did.

ALTER TABLE decision ADD COLUMN recommendation INTEGER;

-- One way to distribute a call's money, or a year's, that the council tries.
CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    call INTEGER,                        -- NULL: about the year's plan
    year INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    note VARCHAR,
    owner INTEGER,                       -- the member whose own it is; NULL: the council's
    copied_from INTEGER,
    put_away BOOLEAN
);

CREATE TABLE scenario_line (
    id INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL,
    project INTEGER,                     -- what it is about: a project, or a call to set money aside for
    call INTEGER,
    year INTEGER NOT NULL,
    choice VARCHAR NOT NULL,             -- grant, reserve or out
    amount INTEGER,                      -- whole SEK excluding VAT; NULL when it is not set
    condition VARCHAR,
    locked BOOLEAN                       -- no suggestion changes it
);

CREATE TABLE meeting (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    call INTEGER,
    year INTEGER NOT NULL,
    held DATE,
    place VARCHAR,
    agenda VARCHAR,
    state VARCHAR NOT NULL,
    scenario INTEGER                     -- the one on the wall
);

CREATE TABLE attendance (
    id INTEGER PRIMARY KEY,
    meeting INTEGER NOT NULL,
    member INTEGER,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    present BOOLEAN
);

-- What the council recommends, frozen as it was.
CREATE TABLE recommendation (
    id INTEGER PRIMARY KEY,
    code VARCHAR NOT NULL,
    scenario INTEGER NOT NULL,
    meeting INTEGER,
    made DATE NOT NULL,
    state VARCHAR NOT NULL,
    dissent VARCHAR,
    frozen VARCHAR NOT NULL,             -- the snapshot as canonical JSON
    apart VARCHAR NOT NULL,              -- and what in it those in conflict of interest may not see
    hash VARCHAR NOT NULL,               -- SHA-256 over both
    head INTEGER NOT NULL                -- the batch whose data it shows
);

-- What the board did with a recommendation. A later one corrects those before it.
CREATE TABLE resolution (
    id INTEGER PRIMARY KEY,
    recommendation INTEGER NOT NULL,
    number INTEGER NOT NULL,
    verdict VARCHAR NOT NULL,
    board VARCHAR NOT NULL,
    decided DATE NOT NULL,
    paragraph VARCHAR,
    reference VARCHAR NOT NULL,
    immediate_approval BOOLEAN,
    text VARCHAR,
    frozen VARCHAR NOT NULL,             -- each matter as decided, as canonical JSON
    hash VARCHAR NOT NULL                -- SHA-256 over it
);
